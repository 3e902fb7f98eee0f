import { languageOf } from '../../../syntax/index.ts';
import type { Wish } from '../editing/make-edit.ts';
import { heardSymptoms, kindsOfTopic } from '../speech/vocabulary/index.ts';

/** What an instruction says, as far as it can be told from its words. */
export interface Task {
  /** Source files it names, from the repository's root, in its order. */
  readonly files: readonly string[];
  /** Names that could be functions', the likeliest first. */
  readonly names: readonly string[];
  /** Complaints that were recognised; empty in a vague instruction. */
  readonly wishes: readonly Wish[];
  /** Kinds that the words suggest where no complaint was recognised. */
  readonly suggested: readonly Wish[];
}

/** Reads any instruction; what has nothing recognisable in it gives empty lists. */
export function readTask(text: string): Task {
  const matter = withoutFrame(text);
  const mentions = heardSymptoms(matter);
  const files = filesIn(matter);
  return {
    files,
    names: namesIn(matter, files),
    wishes: mentions.map(({ kind, places }) => ({
      kind,
      ...(places.detail ? { detail: places.detail } : {}),
    })),
    suggested: kindsOfTopic(matter).map((kind) => ({ kind })),
  };
}

/** Prompt templates put the matter between tags; what stands around it is about tools and manners. */
function withoutFrame(text: string): string {
  const framed =
    /<(pr_description|issue|issue_description|problem_statement|task|description)>([\s\S]*?)<\/\1>/i.exec(
      text,
    );
  return framed?.[2] ?? text;
}

function filesIn(text: string): string[] {
  const quoted = [...text.matchAll(/[`'"]([^`'"\n]+\.\w{1,5})[`'"]/g)].map((match) => match[1] ?? '');
  const bare = text.match(/[^\s`'"<>|*?,;]*[^\s`'"<>|*?,;.]\.\w{1,5}(?![\w/])/g) ?? [];
  const paths = [...quoted, ...bare].map(plainPath);
  return unique(paths.filter((path) => languageOf(path) !== undefined && !path.split('/').includes('..')));
}

/** From the repository's root, without a bracket that belongs to the sentence or a line number behind it. */
function plainPath(path: string): string {
  const opened = path.includes(')') ? path : path.replace(/^.*\(/, '');
  return opened.replace(/^\/testbed\//, '').replace(/^(\.?\/)+/, '');
}

const WORD = String.raw`[\p{L}_$~#][\p{L}\p{N}_$]*[?!]?`;
const NAME = String.raw`\(?\*?${WORD}\)?(?:(?:\.|::|#|->|\\)\(?${WORD}\)?)*`;

const NAME_PATTERNS: readonly RegExp[] = [
  /\b(?:function|method) `([^`\n]{1,200})`/gu,
  new RegExp(
    `(?:related to|relates to|about|around|of|in|call|calling|function|method|routine)\\s+[\`'"]?(${NAME})[\`'"]?\\s*(?:\\(\\))?\\s+(?:in|of|from|at|defined)\\s`,
    'gu',
  ),
  new RegExp(`(?:[Ff]unction|[Mm]ethod)s?\\s+[\`'"](${NAME})`, 'gu'),
  /`(<[^`\n]+>::\w+)`/gu,
  new RegExp(`\`(${NAME})(?:\\([^\`\n]*\\))?\``, 'gu'),
  new RegExp(`(${NAME})\\(\\)`, 'gu'),
];

function namesIn(text: string, files: readonly string[]): string[] {
  const found = NAME_PATTERNS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? ''),
  );
  const isFile = (name: string) => files.some((file) => file.endsWith(name) || file.startsWith(`${name}/`));
  return unique(found.filter((name) => !isFile(name) && !COMMON.has(name.toLowerCase())));
}

const COMMON = new Set([
  'bash',
  'submit',
  'str_replace_editor',
  'python',
  'git',
  'the',
  'a',
  'an',
  'this',
  'it',
  'code',
  'issue',
]);

function unique(items: readonly string[]): string[] {
  return [...new Set(items.filter(Boolean))];
}

/** The last part of a qualified name: what stands in the source where the function is defined. */
export function bareName(name: string): string {
  return partsOf(name).at(-1) ?? name;
}

/** The part before it, the class or receiver; empty where there is none. */
export function ownerName(name: string): string {
  return partsOf(name).at(-2) ?? '';
}

/** `Flask.run`, `(*Mux).ServeHTTP`, `<Reader as Read>::read`, `Base#call`, `Client::send`. */
function partsOf(name: string): string[] {
  const plain = name.replace(/^<(\w+).*>::/, '$1::');
  return plain
    .split(/\.|::|#|->|\\/)
    .map((part) => part.replace(/[()*]/g, ''))
    .filter(Boolean);
}

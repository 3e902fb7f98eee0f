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
  const paths = text.match(/[\w@~+./-]*[\w@+-]\.\w{1,5}\b/g) ?? [];
  const relative = paths.map((path) => path.replace(/^\/testbed\//, '').replace(/^(\.?\/)+/, ''));
  return unique(relative.filter((path) => languageOf(path) !== undefined && !path.split('/').includes('..')));
}

const NAME = String.raw`\(?\*?[A-Za-z_$~][\w$]*[?!]?\)?(?:(?:\.|::|#|->|\\)\(?[A-Za-z_$~#][\w$]*[?!]?\)?)*`;

function namesIn(text: string, files: readonly string[]): string[] {
  const patterns = [
    /\b(?:function|method) `([^`\n]{1,200})`/g,
    new RegExp(
      `(?:related to|relates to|about|around|of|in|call(?:ing)?|function|method|routine)\\s+[\`'"]?(${NAME})[\`'"]?\\s*(?:\\(\\))?\\s+(?:in|of|from|at|defined)\\s`,
      'g',
    ),
    new RegExp(`(?:function|method)s?\\s+[\`'"](${NAME})`, 'gi'),
    new RegExp(`\`((?:<[\\w<>, ]+ as [\\w<>, :]+>::)?${NAME})(?:\\(.*?\\))?\``, 'g'),
    new RegExp(`(${NAME})\\(\\)`, 'g'),
  ];
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
  return unique(
    found.filter((name) => !files.some((file) => file.endsWith(name)) && !COMMON.has(name.toLowerCase())),
  );
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

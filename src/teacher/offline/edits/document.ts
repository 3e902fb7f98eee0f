import { wordsOf } from '../names.ts';
import { requiredParameters } from '../parameters.ts';
import type { Random } from '../random.ts';
import { before, children, hasOwnLines, indentAt, type Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Writes a documentation comment where a function has none. */
export const document: Edit = {
  kind: 'document',
  sites(source) {
    if (isDocumented(source)) return [];
    const inside = source.language === 'python' ? children(source.body)[0] : undefined;
    if (inside && hasOwnLines(source, inside)) {
      return [
        {
          detail: '',
          change: (taste) => [
            before(source, inside, docstring(summary(source, taste), parameters(source, taste))),
          ],
        },
      ];
    }
    const indent = indentAt(source.text, source.start);
    const write = STYLES[source.language] ?? lineStyle(source.dialect.comment);
    return [
      {
        detail: '',
        change: (taste) => {
          const lines = write(summary(source, taste), parameters(source, taste), source.name);
          return [
            {
              start: source.start,
              end: source.start,
              text: lines.map((line) => `${indent}${line}\n`).join(''),
            },
          ];
        },
      },
    ];
  },
};

interface Described {
  readonly name: string;
  readonly text: string;
}

type Style = (summary: string, parameters: readonly Described[], name: string) => string[];

const STYLES: Readonly<Partial<Record<string, Style>>> = {};

function lineStyle(comment: string): Style {
  return (text, described) => [
    `${comment} ${text}`,
    ...described.map((one) => `${comment} ${one.name}: ${one.text}`),
  ];
}

function docstring(text: string, described: readonly Described[]): string[] {
  if (described.length === 0) return [`"""${text}"""`];
  return [`"""${text}`, '', ...described.map((one) => `:param ${one.name}: ${one.text}`), '"""'];
}

function summary(source: Source, taste: Random): string {
  const text = wordsOf(source.name).join(' ') || 'this function';
  const plain = text.charAt(0).toUpperCase() + text.slice(1);
  return taste.pick([
    `${plain}.`,
    `Handle ${text}.`,
    `${plain}, as its callers expect.`,
    `${plain} for the caller.`,
  ]);
}

function parameters(source: Source, taste: Random): Described[] {
  return requiredParameters(source)
    .slice(0, 5)
    .map(({ name }) => {
      const text = wordsOf(name).join(' ');
      return { name, text: taste.pick([`the ${text} to use`, `the ${text}`, `${text} that was given`]) };
    });
}

/** True where a comment stands above the function, or a docstring at its top. */
export function isDocumented(source: Source): boolean {
  const first = source.text.slice(source.start).trimStart();
  if (first.startsWith(source.dialect.comment) || first.startsWith('/*')) return true;
  const statement = children(source.body)[0];
  return source.language === 'python' && statement?.namedChild(0)?.type === 'string';
}

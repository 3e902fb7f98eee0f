import type { Language, Node } from '../../../syntax/index.ts';
import { DIALECTS, type Dialect } from './dialects/index.ts';
import { indentAt } from './lines.ts';
import { statementsOf } from './nodes.ts';
import { bestWrap, functionsIn, type Wrapped } from './wrap.ts';

/** A function cut out of its file, and its syntax tree. */
export interface Source {
  readonly language: Language;
  readonly dialect: Dialect;
  /** The function's lines, with what was put around them so that they parse. */
  readonly text: string;
  /** Where the function's own lines begin and end in `text`. */
  readonly start: number;
  readonly end: number;
  readonly node: Node;
  readonly body: Node | undefined;
  /** The name without its classes. */
  readonly name: string;
  /** The white space of one level. */
  readonly unit: string;
  /** Nodes that the parser could not make sense of. */
  readonly errors: number;
}

/**
 * Parses a function's lines, wrapped as its language needs it, hands the tree over and frees it.
 *
 * @param lines the whole lines of the function, comments above it included, without line ends
 * @returns undefined where no function is in the lines
 */
export async function withSource<T>(
  language: Language,
  lines: readonly string[],
  name: string,
  use: (source: Source) => T | Promise<T>,
): Promise<T | undefined> {
  const dialect = DIALECTS[language];
  const wrapped = await bestWrap(language, dialect, lines.join('\n'));
  if (!wrapped) return undefined;
  try {
    const source = describe(language, dialect, wrapped, name);
    return source && (await use(source));
  } finally {
    wrapped.tree.delete();
  }
}

function describe(language: Language, dialect: Dialect, wrapped: Wrapped, name: string): Source | undefined {
  const { text, start, end, errors, tree } = wrapped;
  const inside = functionsIn(dialect, tree, start);
  const node = inside.find((candidate) => headOf(candidate).includes(name)) ?? inside[0];
  if (!node) return undefined;
  const body = statementsOf(dialect, node);
  return {
    language,
    dialect,
    text,
    start,
    end,
    node,
    body,
    name,
    unit: unitOf(text, node, body),
    errors,
  };
}

/** The lines from a function's first one up to its body, where its name stands or is assigned. */
function headOf(node: Node): string {
  const holder = node.parent ?? node;
  return holder.text.slice(0, Math.max(200, node.startIndex - holder.startIndex + 80));
}

/**
 * The step from the function's first line to its first statement, 8 blanks where tabs are shown as blanks; where
 * both share a line, what files of its kind usually have.
 */
function unitOf(text: string, node: Node, body: Node | undefined): string {
  const own = indentAt(text, node.startIndex);
  const inner = indentAt(text, body?.namedChild(0)?.startIndex ?? node.startIndex);
  if (inner.startsWith(own) && inner.length > own.length) return inner.slice(own.length);
  return own.startsWith('\t') || /^\t/m.test(text) ? '\t' : '    ';
}

/** A node as its file has it: the parser may have been given a text with what derails it blanked out. */
export function textOf(source: Source, node: Node): string {
  return source.text.slice(node.startIndex, node.endIndex);
}

import { type Language, type Node, parse, type Tree } from '../../syntax/index.ts';
import { type Dialect, dialectOf } from './dialects/index.ts';

/** A function cut out of its file, and its syntax tree. */
export interface Source {
  readonly language: Language;
  readonly dialect: Dialect;
  /** The function's lines, with what was put around them so that they parse. */
  readonly text: string;
  /** Where the function's own lines begin and end in `text`. */
  readonly start: number;
  readonly end: number;
  readonly root: Node;
  readonly node: Node;
  readonly body: Node | undefined;
  /** The name without its classes. */
  readonly name: string;
  /** The white space of one level. */
  readonly unit: string;
  /** Nodes that the parser could not make sense of. */
  readonly errors: number;
}

/** A part of a text, and what stands there instead. Offsets count UTF-16 units; both equal means an insertion. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Parses a function's lines, wrapped as its language needs it, hands the tree over and frees it.
 *
 * @param lines the whole lines of the function, comments above it included, without line ends
 * @returns undefined where the edits do not speak the language, or no function is in the lines
 */
export async function withSource<T>(
  language: Language,
  lines: readonly string[],
  name: string,
  use: (source: Source) => T | Promise<T>,
): Promise<T | undefined> {
  const dialect = dialectOf(language);
  if (!dialect) return undefined;
  const wrapped = await bestWrap(language, dialect, lines.join('\n'));
  try {
    const source = describe(language, dialect, wrapped, name);
    return source && (await use(source));
  } finally {
    wrapped.tree.delete();
  }
}

/** The number of nodes that make no sense in a function's lines, in the wrapping that suits them best. */
export async function countErrors(language: Language, lines: readonly string[]): Promise<number> {
  const dialect = dialectOf(language);
  if (!dialect) return 0;
  const { tree, errors } = await bestWrap(language, dialect, lines.join('\n'));
  tree.delete();
  return errors;
}

interface Wrapped {
  readonly tree: Tree;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly errors: number;
}

async function bestWrap(language: Language, dialect: Dialect, text: string): Promise<Wrapped> {
  let best: Wrapped | undefined;
  for (const [before, behind] of dialect.wraps) {
    const whole = `${before}${text}\n${behind}`;
    const tree = await parse(language, whole);
    const errors = errorsIn(tree.rootNode);
    if (best && best.errors <= errors) tree.delete();
    else {
      best?.tree.delete();
      best = { tree, text: whole, start: before.length, end: before.length + text.length, errors };
    }
    if (best.errors === 0) break;
  }
  if (!best) throw new Error(`no way to parse ${language}`);
  return best;
}

function errorsIn(node: Node): number {
  if (!node.hasError) return 0;
  const own = node.isError || node.isMissing ? 1 : 0;
  return node.children.reduce((sum, child) => sum + (child ? errorsIn(child) : 0), own);
}

function describe(language: Language, dialect: Dialect, wrapped: Wrapped, name: string): Source | undefined {
  const { text, start, end, errors, tree } = wrapped;
  const inside = descendants(tree.rootNode, dialect.functions).filter((node) => node.startIndex >= start);
  const node = inside.find((candidate) => headOf(candidate).includes(name)) ?? inside[0];
  if (!node) return undefined;
  const body =
    node.childForFieldName('body') ??
    node.namedChildren.find((child) => child && dialect.blocks.has(child.type));
  return {
    language,
    dialect,
    text,
    start,
    end,
    root: tree.rootNode,
    node,
    body: body ?? undefined,
    name,
    unit: unitOf(text.slice(start, end)),
    errors,
  };
}

/** The lines from a function's first one up to its body, where its name stands or is assigned. */
function headOf(node: Node): string {
  const holder = node.parent ?? node;
  return holder.text.slice(0, Math.max(200, node.startIndex - holder.startIndex + 80));
}

/** The smallest step of indentation among the lines, 8 where tabs are shown as blanks; 4 where none is indented. */
function unitOf(text: string): string {
  const indents = text.split('\n').flatMap((line) => /^([ \t]+)\S/.exec(line)?.[1] ?? []);
  if (indents.some((indent) => indent.startsWith('\t'))) return '\t';
  const steps = [...new Set([0, ...indents.map((indent) => indent.length)])].sort((a, b) => a - b);
  const smallest = Math.min(...steps.slice(1).map((step, index) => step - (steps[index] ?? 0)));
  return ' '.repeat([2, 3, 8].includes(smallest) ? smallest : 4);
}

/** Every node of some types below a node, in the order of the text. */
export function descendants(node: Node, types: ReadonlySet<string>): Node[] {
  return node.descendantsOfType([...types]).filter((found): found is Node => found !== null);
}

/** The named children, comments left out. */
export function children(node: Node | null | undefined): Node[] {
  return (node?.namedChildren ?? []).filter((child): child is Node => child !== null && !isComment(child));
}

export function isComment(node: Node): boolean {
  return node.type.endsWith('comment');
}

/** `parent.field` of a node's place in the tree. */
export function placeOf(node: Node): string {
  const { parent } = node;
  if (!parent) return '';
  for (let index = 0; index < parent.childCount; index += 1) {
    if (parent.child(index)?.id === node.id) return `${parent.type}.${parent.fieldNameForChild(index) ?? ''}`;
  }
  return `${parent.type}.`;
}

/** White space before the first other character of the line in which an offset lies. */
export function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** Where the line of an offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** True where a node has its lines to itself, a `;` or a comment behind it aside. */
export function hasOwnLines(source: Source, node: Node): boolean {
  const before = source.text.slice(lineStart(source.text, node.startIndex), node.startIndex);
  const behind = source.text.slice(node.endIndex).split('\n', 1)[0] ?? '';
  return /^\s*$/.test(before) && /^\s*;?\s*($|\/\/|\/\*|#)/.test(behind);
}

/** The nearest statement around a node that is a direct child of a block, if it has its lines to itself. */
export function statementAround(source: Source, node: Node): Node | undefined {
  let current: Node | null = node;
  while (current?.parent && current.id !== source.node.id) {
    if (source.dialect.blocks.has(current.parent.type)) {
      return hasOwnLines(source, current) ? current : undefined;
    }
    current = current.parent;
  }
  return undefined;
}

/** Lines put before a statement, indented as it is. */
export function before(source: Source, statement: Node, lines: readonly string[]): Replacement {
  const at = lineStart(source.text, statement.startIndex);
  const indent = indentAt(source.text, statement.startIndex);
  return { start: at, end: at, text: lines.map((line) => `${indent}${line}\n`).join('') };
}

/** A node replaced by another text. */
export function instead(node: Node, text: string): Replacement {
  return { start: node.startIndex, end: node.endIndex, text };
}

/** Applies replacements that do not overlap. */
export function applyReplacements(text: string, replacements: readonly Replacement[]): string {
  const ordered = [...replacements].sort((a, b) => b.start - a.start || b.end - a.end);
  return ordered.reduce(
    (result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end),
    text,
  );
}

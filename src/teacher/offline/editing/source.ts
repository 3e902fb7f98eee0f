import { type Language, type Node, ParseTimeoutError, parse, type Tree } from '../../../syntax/index.ts';
import { DIALECTS, type Dialect } from './dialects/index.ts';

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

/** The number of nodes that make no sense in a function's lines, in the wrapping that suits them best. */
export async function countErrors(language: Language, lines: readonly string[]): Promise<number> {
  const wrapped = await bestWrap(language, DIALECTS[language], lines.join('\n'));
  wrapped?.tree.delete();
  return wrapped?.errors ?? Number.POSITIVE_INFINITY;
}

interface Wrapped {
  readonly tree: Tree;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly errors: number;
}

async function bestWrap(language: Language, dialect: Dialect, text: string): Promise<Wrapped | undefined> {
  let best: Wrapped | undefined;
  for (const [before, behind] of dialect.wraps) {
    const whole = `${before}${text}\n${behind}`;
    const tree = await parseInTime(language, whole);
    if (!tree) break;
    const found = functionsIn(dialect, tree, before.length).length > 0;
    const errors = errorsIn(tree.rootNode) + (found ? 0 : NO_FUNCTION);
    if (best && best.errors <= errors) tree.delete();
    else {
      best?.tree.delete();
      best = { tree, text: whole, start: before.length, end: before.length + text.length, errors };
    }
    if (best.errors === 0) break;
  }
  return best;
}

async function parseInTime(language: Language, text: string): Promise<Tree | undefined> {
  try {
    return await parse(language, text);
  } catch (error) {
    if (error instanceof ParseTimeoutError) return undefined;
    throw error;
  }
}

/** Text without a function in it may parse, but not as what it is. */
const NO_FUNCTION = 1000;

function functionsIn(dialect: Dialect, tree: Tree, from: number): Node[] {
  return descendants(tree.rootNode, dialect.functions).filter((node) => node.startIndex >= from);
}

function errorsIn(node: Node): number {
  if (!node.hasError) return 0;
  const own = node.isError || node.isMissing ? 1 : 0;
  return node.children.reduce((sum, child) => sum + (child ? errorsIn(child) : 0), own);
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
    root: tree.rootNode,
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

/** The node whose children are the statements of a function, a branch or a loop; undefined where it has no block. */
export function statementsOf(dialect: Dialect, node: Node | null | undefined): Node | undefined {
  if (!node) return undefined;
  if (dialect.blocks.has(node.type)) return node;
  const named = children(node);
  const inner =
    node.childForFieldName('body') ?? named.find(({ type }) => dialect.blocks.has(type) || HOLDERS.has(type));
  if (!inner) return undefined;
  if (!dialect.blocks.has(inner.type))
    return HOLDERS.has(inner.type) ? statementsOf(dialect, inner) : undefined;
  return inner;
}

/** Nodes that hold nothing but a block. */
const HOLDERS = new Set([
  'block',
  'function_body',
  'else_clause',
  'control_structure_body',
  'body_statement',
]);

/** A node with its place: `parent.field`, or `parent.#index` among the named children where it has no field. */
export interface Placed {
  readonly node: Node;
  readonly place: string;
  /** The place of its parent. */
  readonly holder: string;
}

/** Every node of some types below a node, in the order of the text; one walk, since asking for parents is slow. */
export function placedNodes(top: Node, types: ReadonlySet<string>): Placed[] {
  const found: Placed[] = [];
  const cursor = top.walk();
  const visit = (holder: string): void => {
    const parent = cursor.nodeType;
    if (!cursor.gotoFirstChild()) return;
    let index = 0;
    do {
      const place = `${parent}.${cursor.currentFieldName ?? `#${index}`}`;
      if (cursor.nodeIsNamed) index += 1;
      if (types.has(cursor.nodeType)) found.push({ node: cursor.currentNode, place, holder });
      visit(place);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  };
  visit('');
  cursor.delete();
  return found;
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
  return { start: at, end: at, text: lines.map((line) => `${line && indent}${line}\n`).join('') };
}

/** A node as its file has it: the parser may have been given a text with what derails it blanked out. */
export function textOf(source: Source, node: Node): string {
  return source.text.slice(node.startIndex, node.endIndex);
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

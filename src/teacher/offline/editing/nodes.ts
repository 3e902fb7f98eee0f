import type { Node } from '../../../syntax/index.ts';
import type { Dialect } from './dialects/index.ts';

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
  const levels: { readonly parent: string; readonly holder: string; index: number }[] = [];
  let place = '';
  const descend = () => {
    const parent = cursor.nodeType;
    if (!cursor.gotoFirstChild()) return false;
    levels.push({ parent, holder: place, index: 0 });
    return true;
  };
  const goOn = () => {
    while (levels.length > 0 && !cursor.gotoNextSibling()) {
      cursor.gotoParent();
      levels.pop();
    }
    return levels.length > 0;
  };
  while (descend() || goOn()) {
    const level = levels.at(-1);
    if (!level) break;
    place = `${level.parent}.${cursor.currentFieldName ?? `#${level.index}`}`;
    if (cursor.nodeIsNamed) level.index += 1;
    if (types.has(cursor.nodeType)) found.push({ node: cursor.currentNode, place, holder: level.holder });
  }
  cursor.delete();
  return found;
}

/** A string that stands for itself at the top of a function. */
export function isDocstring(node: Node): boolean {
  const only = node.namedChildCount === 1 ? node.namedChild(0) : null;
  return node.type === 'expression_statement' && only?.type === 'string';
}

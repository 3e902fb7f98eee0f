import type { Node } from '../../../syntax/index.ts';
import { withoutBrackets } from './dialects/index.ts';
import { children, isComment, statementsOf } from './nodes.ts';
import { type Source, textOf } from './source.ts';

/** An `if` that every grammar writes in its own way. */
export interface Branch {
  readonly node: Node;
  readonly condition: Node;
  /** The condition without the brackets that the language wants around it. */
  readonly test: string;
  readonly then: Node;
  /** What runs otherwise; undefined where there is nothing, or where another condition follows. */
  readonly otherwise: Node | undefined;
}

/** Reads an `if` that is a plain choice: one condition, nothing declared in it, not itself behind an `else`. */
export function readBranch(source: Source, node: Node): Branch | undefined {
  const { dialect } = source;
  const condition = node.childForFieldName('condition');
  if (
    !condition ||
    node.childForFieldName('initializer') ||
    node.childrenForFieldName('condition').length > 1
  )
    return undefined;
  if (
    /let_c|value_binding|declaration/.test(condition.type) ||
    /\b(let|var|case)\b|:=|[^=!<>:]=(?!=)/.test(condition.text)
  )
    return undefined;
  const parts = children(node).filter((child) => child.id !== condition.id);
  const then = node.childForFieldName('consequence') ?? node.childForFieldName('body') ?? parts[0];
  if (!then || isComment(then) || !node.parent || !dialect.blocks.has(holderOf(node).type)) return undefined;
  const behind = parts.filter((part) => part.startIndex >= then.endIndex);
  const [only] = behind;
  const plain =
    behind.length === 1 && only && !dialect.ifs.has(only.type) && !/elif|elsif|else_if/.test(only.type)
      ? statementsOf(dialect, only)
      : undefined;
  return {
    node,
    condition,
    test: withoutBrackets(textOf(source, condition)),
    then,
    otherwise: plain,
  };
}

/** Where a statement stands; Rust wraps an `if` that is one. */
function holderOf(node: Node): Node {
  const parent = node.parent ?? node;
  return parent.type === 'expression_statement' && parent.parent ? parent.parent : parent;
}

/** A part of the text. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** From the first statement or comment of a block to its last. */
export function contentOf(block: Node | undefined): Range | undefined {
  const first = block?.namedChild(0);
  const last = block?.namedChild(block.namedChildCount - 1);
  return first && last ? { start: first.startIndex, end: endOf(last) } : undefined;
}

/** The grammar may leave a statement's `;` outside of it. */
function endOf(node: Node): number {
  return node.nextSibling?.type === ';' ? node.nextSibling.endIndex : node.endIndex;
}

/** Keeps the brackets that the language wants around a condition. */
export function inBrackets(condition: Node, test: string): string {
  return /^(parenthesized_expression|condition_clause)$/.test(condition.type) ? `(${test})` : test;
}

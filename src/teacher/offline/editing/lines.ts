import type { Node } from '../../../syntax/index.ts';
import type { Source } from './source.ts';

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

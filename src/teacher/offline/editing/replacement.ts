import type { Node } from '../../../syntax/index.ts';
import { indentAt, lineStart } from './lines.ts';
import type { Source } from './source.ts';

/** A part of a text, and what stands there instead. Offsets count UTF-16 units; both equal means an insertion. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines put before a statement, indented as it is. */
export function before(source: Source, statement: Node, lines: readonly string[]): Replacement {
  const at = lineStart(source.text, statement.startIndex);
  const indent = indentAt(source.text, statement.startIndex);
  return { start: at, end: at, text: lines.map((line) => `${line && indent}${line}\n`).join('') };
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

import { findFunctions, type Language, languageOf, type Node, parse } from '../../syntax/index.ts';
import { expandTabs } from './tabs.ts';
import { clipView } from './view.ts';

/** Bodies with fewer lines are shown. */
const SHORTEST_BODY = 6;
/** Code units of a source beyond which finding its functions would take longer than it helps. */
const LONGEST_SOURCE = 2_000_000;

interface Lines {
  /** Numbers from 1, both included. */
  readonly first: number;
  readonly last: number;
}

/** A source without the bodies of its functions, or undefined where there is none to leave out. */
export async function outline(path: string, text: string): Promise<string | undefined> {
  const language = languageOf(path);
  if (language === undefined || text.length > LONGEST_SOURCE) return undefined;
  const lines = text.split('\n');
  const bodies = await findBodies(language, text, lines);
  if (bodies.length === 0) return undefined;
  const shown: string[] = [];
  let next = 1;
  for (const { first, last } of bodies) {
    shown.push(...numberedLines(lines, next, first - 1));
    shown.push(`${number(first)} ... eliding lines ${first}-${last} ...`);
    next = last + 1;
  }
  shown.push(...numberedLines(lines, next, text.endsWith('\n') ? lines.length - 1 : lines.length));
  return [
    '<NOTE>This file is too long to be shown whole: the bodies of its functions are left out below. View the lines you need with `view_range`.</NOTE>',
    clipView(shown.join('\n')),
    '<IMPORTANT><NOTE>Lines are missing above. Use `str_replace_editor view` with `view_range` before you edit any of them.</NOTE></IMPORTANT>',
  ].join('\n');
}

async function findBodies(language: Language, text: string, lines: readonly string[]): Promise<Lines[]> {
  const functions = await findFunctions(language, text);
  const tree = await parse(language, text);
  const bodies: Lines[] = [];
  try {
    for (const { startLine, endLine } of functions) {
      if (startLine <= (bodies.at(-1)?.last ?? 0)) continue;
      const body = bodyOf(functionNode(tree.rootNode, lines, startLine, endLine));
      if (body === null) continue;
      const inside = innerLines(body, lines);
      if (inside.last - inside.first + 1 >= SHORTEST_BODY) bodies.push(inside);
    }
  } finally {
    tree.delete();
  }
  return bodies;
}

function functionNode(root: Node, lines: readonly string[], startLine: number, endLine: number): Node | null {
  const start = { row: startLine - 1, column: (lines[startLine - 1] ?? '').search(/\S|$/) };
  const end = { row: endLine - 1, column: (lines[endLine - 1] ?? '').trimEnd().length };
  return root.namedDescendantForPosition(start, end);
}

/** The first body on the way down to what stands last: a function ends where its body ends. */
function bodyOf(node: Node | null): Node | null {
  if (node === null) return null;
  return node.childForFieldName('body') ?? bodyOf(node.lastNamedChild);
}

/** The lines of a body without those that it shares with the function's head or that only close it. */
function innerLines(body: Node, lines: readonly string[]): Lines {
  const { row, column } = body.startPosition;
  const head = (lines[row] ?? '').slice(0, column).trim() !== '';
  const closed = /^\s*(\}|end\b)/.test(lines[body.endPosition.row] ?? '');
  return { first: row + (head ? 2 : 1), last: body.endPosition.row + (closed ? 0 : 1) };
}

function numberedLines(lines: readonly string[], first: number, last: number): string[] {
  return lines.slice(first - 1, last).map((line, index) => `${number(first + index)} ${expandTabs(line)}`);
}

function number(line: number): string {
  return String(line).padStart(6);
}

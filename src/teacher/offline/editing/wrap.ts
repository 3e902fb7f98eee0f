import { type Language, type Node, ParseTimeoutError, parse, type Tree } from '../../../syntax/index.ts';
import { DIALECTS, type Dialect } from './dialects/index.ts';
import { descendants } from './nodes.ts';

/** The number of nodes that make no sense in a function's lines, in the wrapping that suits them best. */
export async function countErrors(language: Language, lines: readonly string[]): Promise<number> {
  const wrapped = await bestWrap(language, DIALECTS[language], lines.join('\n'));
  wrapped?.tree.delete();
  return wrapped?.errors ?? Number.POSITIVE_INFINITY;
}

/** A function that parses with something around it; `start` and `end` are its own lines in `text`. */
export interface Wrapped {
  readonly tree: Tree;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly errors: number;
}

/** The first of the dialect's wrappings that leaves no error, or the one with the fewest. */
export async function bestWrap(
  language: Language,
  dialect: Dialect,
  text: string,
): Promise<Wrapped | undefined> {
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

/** The functions that begin at an offset or behind it, the outer ones first. */
export function functionsIn(dialect: Dialect, tree: Tree, from: number): Node[] {
  return descendants(tree.rootNode, dialect.functions).filter((node) => node.startIndex >= from);
}

function errorsIn(root: Node): number {
  const open = [root];
  let errors = 0;
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.isError || node.isMissing) errors += 1;
    for (const child of node.children) if (child?.hasError || child?.isMissing) open.push(child);
  }
  return errors;
}

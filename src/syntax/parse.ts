import type { Tree } from 'web-tree-sitter';
import { load } from './grammar.ts';
import type { Language } from './language.ts';

/**
 * The syntax tree of a source text. A source with errors gives a tree with `ERROR` nodes in it.
 * The tree lives outside the garbage-collected heap: who asked for it calls `tree.delete()`.
 */
export async function parse(language: Language, source: string): Promise<Tree> {
  const { parser } = await load(language);
  const tree = parser.parse(source);
  if (!tree) throw new Error(`the ${language} parser gave no tree`);
  return tree;
}

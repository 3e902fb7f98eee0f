import { Parser, type Tree } from 'web-tree-sitter';
import { type LoadedLanguage, load } from './grammar.ts';
import type { Language } from './language.ts';

/**
 * The syntax tree of a source text; every offset in it counts UTF-16 code units of that text. A source with
 * errors gives a tree with `ERROR` nodes in it. The tree lives outside the garbage-collected heap: who asked
 * for it calls `tree.delete()`.
 */
export async function parse(language: Language, source: string): Promise<Tree> {
  return parseWith(await load(language), source);
}

/** Some scanners keep their state from one source to the next, so every source has a parser of its own. */
export function parseWith({ grammar, rules }: LoadedLanguage, source: string): Tree {
  const parser = new Parser();
  try {
    const tree = parser.setLanguage(grammar).parse(rules.prepare ? rules.prepare(source) : source);
    if (!tree) throw new Error(`the ${rules.grammar} parser gave no tree`);
    return tree;
  } finally {
    parser.delete();
  }
}

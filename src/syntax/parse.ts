import { Parser, type Tree } from 'web-tree-sitter';
import { SeraError } from '../error.ts';
import { type LoadedLanguage, load } from './grammar.ts';
import type { Language } from './language.ts';

/** Milliseconds for one source. Real ones of a MiB take a second; hostile ones can take hours. */
export const TIME_LIMIT = 10_000;

/** A source that the parser does not get through in time. */
export class ParseTimeoutError extends SeraError {
  override readonly name = 'ParseTimeoutError';

  constructor(limit: number) {
    super(`a source could not be parsed within ${limit / 1000} seconds`);
  }
}

/** The time by which one source must be done with. */
export class Deadline {
  readonly #end: number;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#end = performance.now() + limit;
  }

  passed(): boolean {
    return performance.now() > this.#end;
  }

  error(): ParseTimeoutError {
    return new ParseTimeoutError(this.#limit);
  }
}

/**
 * The syntax tree of a source text; every offset in it counts UTF-16 code units of that text, which is where
 * the text of a node is to be taken from. A source with errors gives a tree with `ERROR` nodes in it. The tree
 * lives outside the garbage-collected heap: who asked for it calls `tree.delete()`.
 *
 * @throws ParseTimeoutError for sources that are made to be slow
 */
export async function parse(language: Language, source: string): Promise<Tree> {
  return parseWith(await load(language), source, new Deadline(TIME_LIMIT));
}

/** Some scanners keep their state from one source to the next, so every source has a parser of its own. */
export function parseWith(language: LoadedLanguage, source: string, deadline: Deadline): Tree {
  const { grammar, rules } = language;
  const parser = new Parser();
  try {
    parser.setLanguage(grammar);
    const text = rules.prepare ? rules.prepare(source) : source;
    const tree = parser.parse(text, null, { progressCallback: () => deadline.passed() });
    if (!tree) throw deadline.error();
    return tree;
  } finally {
    parser.delete();
  }
}

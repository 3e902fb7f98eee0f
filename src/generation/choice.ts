import { createHash } from 'node:crypto';

/** A short, stable hash of some words: the names of tasks, and every random choice, come from it. */
export function hashOf(...words: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex');
}

/**
 * Chooses one of the options by the words given. Where the last word is a number it counts draws without
 * replacement: draws 0, 1, 2, … of the same other words are different until every option was drawn.
 */
export function pick<T>(options: readonly T[], ...words: readonly (string | number)[]): T {
  const last = words.at(-1);
  const [key, draw] = typeof last === 'number' ? [words.slice(0, -1), last] : [words, 0];
  const order = options
    .map((option, index) => ({ option, rank: hashOf(...key, index) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const chosen = order[draw % order.length];
  if (!chosen) throw new RangeError('nothing to choose from');
  return chosen.option;
}

import { createHash } from 'node:crypto';

/** A stream of choices that a seed fixes for ever; `fork` gives independent streams, so that one more choice in one place moves no other. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** One of the options, each as likely as the others. */
  pick<T>(options: readonly [T, ...T[]]): T;
  shuffle<T>(items: readonly T[]): T[];
  fork(label: string): Random;
}

/** Makes the stream that belongs to a seed (splitmix32 over a SHA-256 of it). */
export function seededRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    pick: ([first, ...rest]) => [first, ...rest][Math.floor(next() * (rest.length + 1))] ?? first,
    shuffle: (items) => {
      const drawn = items.map((item) => ({ item, order: next() }));
      return drawn.sort((a, b) => a.order - b.order).map(({ item }) => item);
    },
    fork: (label) => seededRandom(`${seed}\0${label}`),
  };
}

/** The same stream, but of every choice the first option: two that are plain choose alike. */
export function plainly(random: Random): Random {
  return {
    ...random,
    pick: ([first]) => first,
    shuffle: (items) => [...items],
    fork: (label) => plainly(random.fork(label)),
  };
}

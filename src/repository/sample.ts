import { createHash } from 'node:crypto';
import type { RepositoryFunction } from './repository.ts';

/** A function to start from, and which pass over it this is, from 0. */
export interface Draw {
  readonly function: RepositoryFunction;
  readonly replica: number;
}

/**
 * Draws functions in an order that the seed alone decides: every function once, then every one a second time, and so on
 * for as many replicas as are allowed. A larger count begins with the same draws.
 *
 * @param options.count 0 or more; fewer come where functions and replicas are used up
 */
export function sampleFunctions(
  functions: readonly RepositoryFunction[],
  options: { readonly seed: string; readonly count: number; readonly replicas?: number },
): Draw[] {
  const { seed, count, replicas = 1 } = options;
  const order = functions
    .map((fn) => ({ fn, rank: createHash('sha256').update(`${seed}\0${fn.id}`).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const draws: Draw[] = [];
  for (let replica = 0; replica < replicas; replica += 1) {
    for (const { fn } of order) {
      if (draws.length >= count) return draws;
      draws.push({ function: fn, replica });
    }
  }
  return draws;
}

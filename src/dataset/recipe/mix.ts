import { hash } from 'node:crypto';
import type { Recipe } from './recipe.ts';
import { partsOf } from './select.ts';

/** What is known of a sample that passed every step before, while it waits to be chosen. */
export interface Entry {
  readonly id: string;
  /** Everything that comes from one function goes to one side. */
  readonly group: string;
  readonly part: string;
  /** Share of the steps that is left; 1 where it is whole. */
  readonly ratio: number;
}

/** What was asked of a part, and what there was. */
export interface PartCount {
  readonly part: string;
  readonly available: number;
  readonly chosen: number;
  /** Samples that were asked for; null where all are taken. */
  readonly wanted: number | null;
}

/**
 * Chooses the samples of the set, in the order in which they are written: each part's whole ones in an order that the
 * seed draws, then the cut ones by how much of them is left. A part that has too few gives what it has.
 */
export function mix<E extends Entry>(
  entries: readonly E[],
  recipe: Recipe,
): { chosen: E[]; parts: PartCount[] } {
  const bySeed = orderOf(entries, recipe.seed);
  const groups = partsOf(recipe).map((part) => ({
    part,
    entries: entries
      .filter((entry) => entry.part === part.name)
      .sort((a, b) => b.ratio - a.ratio || bySeed(a, b)),
  }));
  const wanted = wantedSizes(
    groups.map(({ part, entries }) => ({ ...part, available: entries.length })),
    recipe.size,
  );
  const parts = groups.map(({ part, entries }, index) => ({
    part: part.name,
    available: entries.length,
    chosen: Math.min(entries.length, wanted[index] ?? entries.length),
    wanted: wanted[index] ?? null,
  }));
  const chosen = groups.flatMap(({ entries }, index) => entries.slice(0, parts[index]?.chosen));
  return { chosen: chosen.sort(bySeed), parts };
}

interface Wish {
  readonly size?: number | undefined;
  readonly share?: number | undefined;
  readonly available: number;
}

/** Samples of each part; undefined where it gives all that it has. */
function wantedSizes(parts: readonly Wish[], size: number | undefined): (number | undefined)[] {
  if (parts.every((part) => part.share !== undefined)) {
    // Without a size, the largest set that has these shares.
    const largest = Math.min(
      ...parts.map(({ share = 0, available }) => (share > 0 ? available / share : Infinity)),
    );
    return exactShares(
      parts.map((part) => part.share ?? 0),
      size ?? Math.floor(largest),
    );
  }
  let left = size ?? Number.POSITIVE_INFINITY;
  return parts.map((part) => {
    const wanted = Math.min(part.size ?? Number.POSITIVE_INFINITY, left);
    left -= Math.min(wanted, part.available);
    return Number.isFinite(wanted) ? wanted : undefined;
  });
}

/** Whole numbers that add up to the size; the largest remainders get what rounding down leaves. */
function exactShares(shares: readonly number[], size: number): number[] {
  const exact = shares.map((share) => share * size);
  const counts = exact.map((value) => Math.floor(value + 1e-9));
  const rest =
    Math.round(exact.reduce((sum, value) => sum + value, 0)) - counts.reduce((sum, count) => sum + count, 0);
  const order = exact.map((value, index) => ({ index, remainder: value - Math.floor(value) }));
  order.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of order.slice(0, rest)) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

/** The order that a seed draws, whatever the order in which the entries came. */
function orderOf(entries: readonly Entry[], seed: number): (a: Entry, b: Entry) => number {
  const drawn = new Map(entries.map((entry) => [entry, drawOf(entry, seed)]));
  return (a, b) => {
    const [first = '', second = ''] = [drawn.get(a), drawn.get(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  };
}

function drawOf({ id }: Pick<Entry, 'id'>, seed: number): string {
  return hash('sha1', `${seed}\0${id}`, 'hex');
}

/** The stretch of the set that a sample would stand in: its side, and one of sixteen parts of it. */
export function stretchOf(entry: Pick<Entry, 'id' | 'group'>, recipe: Recipe): string {
  return `${toSplit(entry.group, recipe)}-${drawOf(entry, recipe.seed).charAt(0)}`;
}

export const SPLITS = ['train', 'validation', 'held_out'] as const;
export type SplitName = (typeof SPLITS)[number];

/**
 * The side that a sample goes to. It hangs on its group and the seed alone, so that a set that grows keeps its sides.
 */
export function toSplit(group: string, { seed, validation, held_out }: Recipe): SplitName {
  const drawn = Number.parseInt(hash('sha1', `${seed}\0split\0${group}`, 'hex').slice(0, 13), 16) / 16 ** 13;
  if (drawn < held_out) return 'held_out';
  return drawn < held_out + validation ? 'validation' : 'train';
}

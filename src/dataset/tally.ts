/** How often each of some names was met. */
export type Tally = Map<string, number>;

export function add(tally: Tally, name: string, times = 1): void {
  tally.set(name, (tally.get(name) ?? 0) + times);
}

/** By count, then by name: the order in which they were met says nothing. */
export function byCount(tally: Tally): Record<string, number> {
  return Object.fromEntries([...tally].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}

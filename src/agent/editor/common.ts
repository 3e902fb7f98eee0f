/** How many items two sequences have in common at their start. */
export function commonStart(a: ArrayLike<string>, b: ArrayLike<string>): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count += 1;
  return count;
}

/** How many items two sequences have in common at their end, behind `used` items at their start. */
export function commonEnd(a: ArrayLike<string>, b: ArrayLike<string>, used: number): number {
  const most = Math.min(a.length, b.length) - used;
  let count = 0;
  while (count < most && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}

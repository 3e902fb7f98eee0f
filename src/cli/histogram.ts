import { bar } from './text.ts';

/** Ten bins of recall as lines: range, bar, count. `r = 1` stands in the last. */
export function recallHistogram(bins: readonly number[]): string[] {
  const most = Math.max(1, ...bins);
  return bins.map((value, index) => {
    const low = (index / 10).toFixed(1);
    const high = ((index + 1) / 10).toFixed(1);
    const end = index === bins.length - 1 ? ']' : ')';
    return `  [${low}, ${high}${end}  ${bar(value / most, 30)} ${value}`;
  });
}

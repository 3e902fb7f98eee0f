import type { Distribution, Inspection } from '../dataset/index.ts';
import { paint } from './output.ts';
import { count, plural, printable } from './text.ts';

/** Values of a field that are listed. */
const LISTED = 6;
const FIELD = 12;

/** What was found in a source, for a terminal of so many columns. */
export function inspectionLines({ source, broken, limit, statistics }: Inspection, width: number): string[] {
  const { samples, whole, numbers, categories, tools } = statistics;
  const told = [plural(samples, 'sample'), ...(broken > 0 ? [`${count(broken)} broken`] : [])];
  told.push(`${count(whole)} fit ${count(limit)} tokens`);
  const fields = Object.entries({ ...categories, 'tool calls': tools });
  return [
    `${paint.out.bold(source)}: ${told.join(', ')}`,
    ...numberLines(Object.entries(numbers), width),
    ...fields.flatMap(([field, counts]) => fieldLines(field, Object.entries(counts), width)),
  ];
}

type Told = keyof Pick<Distribution, 'mean' | 'median' | 'p95' | 'min' | 'max'>;
const HEADS: Readonly<Record<Told, string>> = {
  mean: 'mean',
  median: 'median',
  p95: '95 %',
  min: 'min',
  max: 'max',
};
const CELL = 9;

/** Each number with its histogram; a narrow terminal shows fewer columns. */
function numberLines(numbers: readonly [string, Distribution][], width: number): string[] {
  const room = Math.max(1, Math.floor((width - FIELD - 14) / CELL));
  const shown = (['median', 'mean', 'p95', 'max', 'min'] as const).slice(0, room);
  const columns = (Object.keys(HEADS) as Told[]).filter((each) => shown.includes(each));
  const head = columns.map((each) => HEADS[each].padStart(CELL)).join('');
  return [
    paint.out.dim(`${' '.repeat(FIELD + 12)}${head}`),
    ...numbers.map(([field, spread]) => {
      const cells = columns.map((each) => rounded(spread[each]).padStart(CELL)).join('');
      return `  ${field.padEnd(FIELD)}${paint.out.cyan(bars(spread.histogram))}${cells}`;
    }),
  ];
}

const BARS = ' ▁▂▃▄▅▆▇█';

function bars(histogram: readonly number[]): string {
  const highest = Math.max(...histogram);
  const drawn = histogram.map((each) => BARS[each === 0 ? 0 : Math.max(1, Math.round((each / highest) * 8))]);
  return drawn.join('').padEnd(10);
}

/** One value a line, the most frequent first; a field that nobody fills is left out. */
function fieldLines(field: string, counts: readonly [string, number][], width: number): string[] {
  if (counts.length === 0 || (counts.length === 1 && counts[0]?.[0] === 'unknown')) return [];
  const room = Math.max(10, width - FIELD - 13);
  const rest = counts.length - LISTED;
  const lines = counts.slice(0, LISTED).map(([name, each]) => {
    const plain = printable(name);
    return `${count(each).padStart(9)}  ${plain.length > room ? `${plain.slice(0, room - 1)}…` : plain}`;
  });
  if (rest > 0) lines.push(paint.out.dim(`${count(rest).padStart(9)}  more`));
  return lines.map((line, index) => `  ${(index === 0 ? field : '').padEnd(FIELD)}${line}`);
}

function rounded(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

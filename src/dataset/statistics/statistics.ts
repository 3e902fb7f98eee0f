import { add, byCount } from '../tally.ts';

/** What is known of one sample when statistics are made. */
export interface SampleFacts {
  readonly repository: string | null;
  readonly commit: string | null;
  readonly language: string | null;
  readonly topic: string | null;
  readonly teacher: string | null;
  readonly rollout: number | null;
  readonly exit_status: string | null;
  readonly steps: number | null;
  readonly patch_lines: number | null;
  readonly files: number | null;
  readonly recall: number | null;
  readonly cost_usd: number | null;
  readonly tokens: number;
  readonly tool_tokens: number;
  /** Share of the steps that fits into the limit. */
  readonly ratio: number;
  /** Calls of each tool. */
  readonly tools: Readonly<Record<string, number>>;
}

const NUMBERS = [
  'tokens',
  'ratio',
  'steps',
  'tool_tokens',
  'patch_lines',
  'files',
  'recall',
  'cost_usd',
] as const satisfies readonly (keyof SampleFacts)[];
export type NumberName = (typeof NUMBERS)[number];

const NAMES = [
  'repository',
  'language',
  'topic',
  'teacher',
  'rollout',
  'exit_status',
] as const satisfies readonly (keyof SampleFacts)[];
export type CategoryName = (typeof NAMES)[number];

/** How a number is spread over the samples that have it. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** Samples in equal bins from `min` to `max`, the last one closed; one bin where they are equal. */
  readonly histogram: readonly number[];
}

export interface Statistics {
  readonly samples: number;
  /** Samples that fit into the limit as a whole. */
  readonly whole: number;
  readonly numbers: Readonly<Partial<Record<NumberName, Distribution>>>;
  /** Samples of each value, the most frequent first. */
  readonly categories: Readonly<Record<CategoryName, Readonly<Record<string, number>>>>;
  /** Samples of each commit of each repository, the most frequent first. */
  readonly origins: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Calls of each tool, the most frequent first. */
  readonly tools: Readonly<Record<string, number>>;
}

const BINS = 10;

export function statisticsOf(samples: readonly SampleFacts[]): Statistics {
  const numbers = NUMBERS.flatMap((name) => {
    const values = samples.flatMap((sample) => sample[name] ?? []).sort((a, b) => a - b);
    return values.length > 0 ? [[name, distribution(values)]] : [];
  });
  const categories = NAMES.map((name) => {
    const counts = new Map<string, number>();
    for (const sample of samples) add(counts, String(sample[name] ?? 'unknown'));
    return [name, byCount(counts)];
  });
  const tools = new Map<string, number>();
  for (const sample of samples)
    for (const [name, calls] of Object.entries(sample.tools)) add(tools, name, calls);
  return {
    samples: samples.length,
    whole: samples.filter(({ ratio }) => ratio === 1).length,
    numbers: Object.fromEntries(numbers),
    categories: Object.fromEntries(categories),
    origins: originsOf(samples),
    tools: byCount(tools),
  };
}

function originsOf(samples: readonly SampleFacts[]): Statistics['origins'] {
  const groups = Map.groupBy(samples, ({ repository }) => repository ?? 'unknown');
  const most = [...groups].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  return Object.fromEntries(
    most.map(([repository, group]) => {
      const commits = new Map<string, number>();
      for (const { commit } of group) add(commits, commit ?? 'unknown');
      return [repository, byCount(commits)];
    }),
  );
}

/** @param values ascending, at least one */
function distribution(values: readonly number[]): Distribution {
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
  const sum = values.reduce((total, value) => total + value, 0);
  const [min, max] = [at(0), at(1)];
  const width = (max - min) / BINS;
  const histogram = new Array<number>(width > 0 ? BINS : 1).fill(0);
  for (const value of values) {
    const bin = width > 0 ? Math.min(BINS - 1, Math.floor((value - min) / width)) : 0;
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const count = values.length;
  return { count, sum, min, mean: sum / count, median: at(0.5), p95: at(0.95), max, histogram };
}

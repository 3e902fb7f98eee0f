import { stringify } from 'yaml';
import type { StepCount } from '../recipe/funnel.ts';
import type { PartCount, SplitName } from '../recipe/mix.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Statistics } from '../statistics/statistics.ts';
import { shortNumber } from '../statistics/svg.ts';

/** All that is told about a data set. */
export interface Account {
  readonly name: string;
  readonly recipe: Recipe;
  readonly sources: readonly { readonly name: string; readonly read: number; readonly broken: number }[];
  readonly funnel: readonly StepCount[];
  readonly parts: readonly PartCount[];
  readonly splits: Readonly<Partial<Record<SplitName, number>>>;
  readonly statistics: Statistics;
  /** Licence of each repository, where the user said it. */
  readonly licences: Readonly<Record<string, string>>;
}

/** The card of a data set, as the Hub shows it. */
export function datasetCard(account: Account): string {
  const { name, recipe, statistics } = account;
  const offline = recipe.allow_offline
    ? '\n> Data of the offline teacher was allowed into this set: it is for trying out, not for training.\n'
    : '';
  return [
    frontMatter(account),
    `# ${name}`,
    offline,
    `${shortNumber(statistics.samples)} trajectories of coding agents in the \`${recipe.format}\` format, made with SERA (Soft-Verified Efficient Repository Agents, arXiv 2601.20789). Train on the messages with \`train: true\` alone.`,
    '## How it was made',
    funnelTable(account),
    partTable(account.parts),
    '## Statistics',
    statisticsTable(statistics),
    Object.keys(statistics.numbers)
      .map((field) => `![${field}](histograms/${field}.svg)`)
      .join('\n'),
    '## Where it comes from',
    provenance(account),
    '## Recipe',
    `\`\`\`yaml\n${stringify(recipe)}\`\`\``,
    '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function frontMatter({ name, splits, statistics, licences }: Account): string {
  const files = Object.keys(splits).map((split) => ({ split, path: `data/${split}-*.parquet` }));
  const named = [...new Set(Object.values(licences))];
  const front = {
    pretty_name: name,
    ...(named.length > 0 ? { license: named.length === 1 ? named[0] : 'other' } : {}),
    task_categories: ['text-generation'],
    tags: ['code', 'agents', 'swe', 'sera'],
    size_categories: [sizeCategory(statistics.samples)],
    configs: [{ config_name: 'default', data_files: files }],
  };
  return `---\n${stringify(front)}---`;
}

/** The Hub's own classes. */
function sizeCategory(samples: number): string {
  const classes: readonly [number, string][] = [
    [1e3, 'n<1K'],
    [1e4, '1K<n<10K'],
    [1e5, '10K<n<100K'],
    [1e6, '100K<n<1M'],
  ];
  return classes.find(([limit]) => samples < limit)?.[1] ?? '1M<n<10M';
}

function funnelTable({ funnel }: Account): string {
  const rows = funnel.map(({ step, in: before, out, left_out, changed }) => [
    step,
    shortNumber(before),
    shortNumber(out),
    reasons({ ...left_out, ...changed }),
  ]);
  return table(['step', 'in', 'out', 'left out, and why'], rows);
}

function partTable(parts: readonly PartCount[]): string {
  if (parts.length < 2 && parts[0]?.wanted === null) return '';
  const rows = parts.map(({ part, wanted, available, chosen }) => [
    part,
    wanted === null ? 'all' : shortNumber(wanted),
    shortNumber(available),
    shortNumber(chosen),
  ]);
  return table(['part', 'wanted', 'there', 'taken'], rows);
}

function statisticsTable({ numbers, categories, tools }: Statistics): string {
  const rows = Object.entries(numbers).map(([field, { count, mean, median, p95, min, max }]) => [
    field,
    ...[count, mean, median, p95, min, max].map(shortNumber),
  ]);
  const counted = { ...categories, tools };
  const lists = Object.entries(counted)
    .filter(([, counts]) => Object.keys(counts).length > 0)
    .map(
      ([field, counts]) => `- ${field}: ${reasons(Object.fromEntries(Object.entries(counts).slice(0, 12)))}`,
    );
  return `${table(['', 'samples', 'mean', 'median', '95 %', 'min', 'max'], rows)}\n\n${lists.join('\n')}`;
}

function provenance({ sources, statistics, licences }: Account): string {
  const from = sources.map(({ name, read, broken }) => [name, shortNumber(read), shortNumber(broken)]);
  const repositories = Object.entries(statistics.categories.repository).map(([repository, count]) => [
    repository,
    shortNumber(count),
    licences[repository] ?? 'not stated',
  ]);
  return `${table(['source', 'read', 'broken'], from)}\n\n${table(['repository', 'samples', 'licence'], repositories)}`;
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${shortNumber(count)} ${reason}`)
    .join(', ');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

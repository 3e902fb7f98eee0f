import { stringify } from 'yaml';
import type { StepCount } from '../recipe/funnel.ts';
import type { PartCount, SplitName } from '../recipe/mix.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Format } from '../sample.ts';
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
    ? '> Data of the offline teacher was allowed into this set: it is for trying out, not for training.'
    : '';
  return [
    frontMatter(account),
    `# ${name}`,
    offline,
    `${shortNumber(statistics.samples)} trajectories of coding agents in the \`${recipe.format}\` format, made with SERA (Soft-Verified Efficient Repository Agents, [arXiv 2601.20789](https://arxiv.org/abs/2601.20789)).`,
    splitTable(account),
    '## How to train on it',
    usage(account),
    '## How it was made',
    funnelTable(account),
    partTable(account.parts),
    '## Statistics',
    numbersTable(statistics),
    Object.keys(statistics.numbers)
      .map((field) => `![${field}](histograms/${field}.svg)`)
      .join('\n'),
    fieldsTable(statistics),
    '## Where it comes from',
    sourcesTable(account),
    repositoriesTable(account),
    '## Recipe',
    `\`sera curate --recipe recipe.yaml\` with the same sources gives the same bytes.`,
    `\`\`\`yaml\n${stringify(recipe).trimEnd()}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** What a trainer reads of each format, and what it must pass over. */
const FORMAT_USE: Readonly<Record<Format, string>> = {
  hermes: trainOn('calls and results stand in the text, in the words of Qwen3’s chat template'),
  xml: trainOn(
    'calls stand in the text as `<function=…>`; render it with `chatml`, which keeps every thought',
  ),
  raw: trainOn('calls stand in `tool_calls`, thoughts in `reasoning_content`, the tools as JSON in `tools`'),
  openai: trainOn(
    'calls stand in `tool_calls`, thoughts in `reasoning_content`, the tools as JSON in `tools`',
  ),
  sharegpt: 'Train on the `gpt` turns of `conversations`; the tools stand as JSON in `tools`.',
};

function trainOn(how: string): string {
  return `Train on the messages with \`train: true\` alone; ${how}.`;
}

function usage({ name, recipe, splits }: Account): string {
  const [split = 'train'] = Object.keys(splits);
  return [
    FORMAT_USE[recipe.format],
    `\`\`\`python\nfrom datasets import load_dataset\n\nrows = load_dataset("OWNER/${name}", split="${split}")  # or the path of this folder\n\`\`\``,
    '`axolotl.yaml` holds the `datasets:` block for axolotl, `dataset_info.json` the entry for LLaMA-Factory. `metadata` says of each sample where it comes from; trainers pass over it.',
  ].join('\n\n');
}

function splitTable({ splits }: Account): string {
  const rows = Object.entries(splits).map(([split, count]) => [split, shortNumber(count)]);
  return rows.length === 0 ? '' : table(['split', 'samples'], rows);
}

function frontMatter({ name, splits, statistics, licences }: Account): string {
  const files = Object.keys(splits).map((split) => ({ split, path: `data/${split}-*.parquet` }));
  const named = [...new Set(Object.keys(statistics.origins).map((repository) => licences[repository]))];
  const [licence] = named;
  const front = {
    pretty_name: name,
    ...(named.some((each) => each) ? { license: named.length === 1 ? licence : 'other' } : {}),
    task_categories: ['text-generation'],
    tags: ['code', 'agents', 'swe', 'sera'],
    size_categories: [sizeCategory(statistics.samples)],
    ...(files.length > 0 ? { configs: [{ config_name: 'default', data_files: files }] } : {}),
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

function numbersTable({ numbers }: Statistics): string {
  const rows = Object.entries(numbers).map(([field, { count, mean, median, p95, min, max }]) => [
    field,
    ...[count, mean, median, p95, min, max].map(shortNumber),
  ]);
  return rows.length === 0 ? '' : table(['', 'samples', 'mean', 'median', '95 %', 'min', 'max'], rows);
}

/** Values of a field that are listed. */
const LISTED = 8;

function fieldsTable({ categories, tools }: Statistics): string {
  const { repository: _, ...fields } = categories;
  const rows = Object.entries({ ...fields, 'tool calls': tools }).flatMap(([field, counts]) => {
    const all = Object.entries(counts);
    const rest = all.length - LISTED;
    const listed = all.slice(0, LISTED).map(([value, count]) => [value, shortNumber(count)]);
    const lines = rest > 0 ? [...listed, [`${shortNumber(rest)} more`, '']] : listed;
    return lines.map((cells, index) => [index === 0 ? field : '', ...cells]);
  });
  return rows.length === 0 ? '' : table(['field', 'value', 'count'], rows);
}

function sourcesTable({ sources }: Account): string {
  const rows = sources.map(({ name, read, broken }) => [name, shortNumber(read), shortNumber(broken)]);
  return table(['source', 'read', 'broken'], rows);
}

/** Commits that are named of a repository. */
const COMMITS = 5;

function repositoriesTable({ statistics, licences }: Account): string {
  const rows = Object.entries(statistics.origins).map(([repository, commits]) => {
    const all = Object.entries(commits);
    const named = all
      .slice(0, COMMITS)
      .map(([commit]) => (commit === 'unknown' ? commit : commit.slice(0, 12)));
    const rest = all.length - named.length;
    return [
      repository,
      shortNumber(all.reduce((sum, [, count]) => sum + count, 0)),
      licences[repository] ?? 'not stated',
      `${named.join(', ')}${rest > 0 ? ` and ${shortNumber(rest)} more` : ''}`,
    ];
  });
  return rows.length === 0 ? '' : table(['repository', 'samples', 'licence', 'commits'], rows);
}

function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([reason, count]) => `${shortNumber(count)} ${reason}`)
    .join(', ');
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => plain(cell)).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What a file calls things must neither break the table nor become markup. */
function plain(cell: string): string {
  return cell.replace(/[\r\n]+/g, ' ').replace(/[|<>`*[\]\\]/g, (sign) => `\\${sign}`);
}

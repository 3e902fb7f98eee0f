import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DatasetWriteError } from '../errors.ts';
import { SPLITS, type SplitName, toSplit } from '../recipe/mix.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { histogramSvg } from '../statistics/svg.ts';
import { asWriteError } from '../write.ts';
import { writeFolderAside } from './aside.ts';
import { type Account, datasetCard } from './card.ts';
import type { Shard } from './shard.ts';
import type { Place } from './spool.ts';
import { axolotlBlock, datasetInfo } from './trainers.ts';

/** The file by which a folder is known as a data set that was written here. */
export const ACCOUNT = 'sera.json';

/** Bytes of JSON that a shard holds at most: some 500 trajectories of 30,000 tokens, a tenth of that on the disk. */
const SHARD = 64 << 20;

/** A chosen sample: where it waits, and what decides its side. */
export interface Chosen {
  readonly place: Place;
  readonly group: string;
}

/**
 * Lets `fill` write a folder that takes its place only when it is whole. A data set that was written here before is
 * replaced; any other folder with something in it is left alone.
 *
 * @throws DatasetWriteError the folder holds something else, or the disk does not take it
 */
export async function writeFolder<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  try {
    await refuseForeign(out);
    return await writeFolderAside(out, fill);
  } catch (error) {
    throw asWriteError(out, error);
  }
}

async function refuseForeign(out: string): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length > 0 && !names.includes(ACCOUNT)) {
    throw new DatasetWriteError(`${out} holds something that is no data set of sera: choose another --out`);
  }
}

/** Writes each split as JSONL and as Parquet shards, in the order given; `write` does so for one shard. */
export async function writeSplits(
  folder: string,
  chosen: readonly Chosen[],
  recipe: Recipe,
  write: (shard: Shard) => Promise<unknown>,
): Promise<Partial<Record<SplitName, number>>> {
  await mkdir(join(folder, 'data'));
  const counts: Partial<Record<SplitName, number>> = {};
  for (const split of SPLITS) {
    const own = chosen.filter((entry) => toSplit(entry.group, recipe) === split);
    if (own.length === 0) continue;
    counts[split] = own.length;
    await writeSplit(folder, split, own, recipe, write);
  }
  return counts;
}

async function writeSplit(
  folder: string,
  split: SplitName,
  entries: readonly Chosen[],
  { format }: Recipe,
  write: (shard: Shard) => Promise<unknown>,
): Promise<void> {
  const jsonl = join(folder, `${split}.jsonl`);
  const lines = await open(jsonl, 'wx');
  try {
    const shards = cutShards(entries);
    let end = 0;
    await Promise.all(
      shards.map(async (shard, index) => {
        const name = `${split}-${number(index)}-of-${number(shards.length)}.parquet`;
        const places = shard.map((entry) => entry.place);
        const offset = end;
        for (const { length } of places) end += length;
        await write({ places, parquet: join(folder, 'data', name), format, jsonl, offset });
        await lines.sync(); // the disk has its part of the work while other shards are written
      }),
    );
  } finally {
    await lines.close();
  }
}

/**
 * Shards of one size, a sample more or less. Where one does not hold all, their number is even: two threads write them
 * side by side, and neither is to wait for the other's last.
 */
function cutShards(entries: readonly Chosen[]): Chosen[][] {
  const total = entries.reduce((sum, { place }) => sum + place.length, 0);
  const count = total < SHARD ? 1 : 2 * Math.ceil(total / SHARD / 2);
  const shards: Chosen[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const entry of entries) {
    shards[Math.floor((before / total) * count)]?.push(entry);
    before += entry.place.length;
  }
  return shards.filter((shard) => shard.length > 0);
}

function number(value: number): string {
  return String(value).padStart(5, '0');
}

/** Writes what stands beside the data: the card, the recipe, the account and what trainers want to read. */
export async function writeAccount(folder: string, account: Account): Promise<void> {
  const { name, recipe, splits, statistics } = account;
  const there = SPLITS.filter((split) => splits[split] !== undefined);
  await mkdir(join(folder, 'histograms'));
  const files: Record<string, string> = {
    'README.md': datasetCard(account),
    'recipe.yaml': stringify(recipe),
    'dataset_info.json': datasetInfo(name, recipe.format, there),
    'axolotl.yaml': axolotlBlock(recipe.format, there, recipe.limit),
    [ACCOUNT]: `${JSON.stringify(account, null, 2)}\n`,
  };
  for (const [field, distribution] of Object.entries(statistics.numbers)) {
    files[`histograms/${field}.svg`] = histogramSvg(field, distribution);
  }
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
}

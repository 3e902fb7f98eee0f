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
import type { SampleFile } from './files.ts';
import type { Place } from './spool.ts';
import { axolotlBlock, datasetInfo } from './trainers.ts';

/** The file by which a folder is known as a data set that was written here. */
export const ACCOUNT = 'sera.json';

/** Bytes of samples that a shard holds at most: some 500 trajectories of 30,000 tokens, a tenth of that on the disk. */
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

/** Who writes the files, and how many of them side by side. */
export interface Writers {
  readonly atOnce: number;
  readonly write: (file: SampleFile) => Promise<unknown>;
}

/** Writes each split as JSONL and as Parquet shards, in the order given. */
export async function writeSplits(
  folder: string,
  chosen: readonly Chosen[],
  recipe: Recipe,
  writers: Writers,
): Promise<Partial<Record<SplitName, number>>> {
  await mkdir(join(folder, 'data'));
  const counts: Partial<Record<SplitName, number>> = {};
  const files: SampleFile[] = [];
  for (const split of SPLITS) {
    const own = chosen.filter((entry) => toSplit(entry.group, recipe) === split);
    if (own.length === 0) continue;
    counts[split] = own.length;
    files.push(
      ...filesOf(
        folder,
        split,
        own.map(({ place }) => place),
        recipe,
      ),
    );
  }
  await writeFiles(files, writers);
  return counts;
}

function filesOf(
  folder: string,
  split: SplitName,
  places: readonly Place[],
  { format }: Recipe,
): SampleFile[] {
  const shards = cutShards(places);
  return [
    { kind: 'jsonl', places, path: join(folder, `${split}.jsonl`) },
    ...shards.map((own, index): SampleFile => {
      const name = `${split}-${number(index)}-of-${number(shards.length)}.parquet`;
      return { kind: 'parquet', places: own, path: join(folder, 'data', name), format };
    }),
  ];
}

/** The largest come first, and whoever is done with one takes the next: nobody waits long for another's last. */
async function writeFiles(files: readonly SampleFile[], { atOnce, write }: Writers): Promise<void> {
  const rest = files.toSorted((a, b) => sizeOf(b.places) - sizeOf(a.places)).values();
  const takeNext = async () => {
    const onDisk: Promise<void>[] = [];
    for (const file of rest) {
      await write(file);
      const synced = syncFile(file.path); // the disk has its part of the work while the next one is written
      synced.catch(() => {}); // it is awaited below, unless a file before it fails
      onDisk.push(synced);
    }
    await Promise.all(onDisk);
  };
  await Promise.all(Array.from({ length: atOnce }, takeNext));
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Shards of one size, a sample more or less. */
function cutShards(places: readonly Place[]): Place[][] {
  const total = sizeOf(places);
  const count = Math.max(1, Math.ceil(total / SHARD));
  const shards: Place[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const place of places) {
    shards[Math.floor((before / total) * count)]?.push(place);
    before += place.length;
  }
  return shards.filter((shard) => shard.length > 0);
}

function sizeOf(places: readonly Place[]): number {
  return places.reduce((sum, { length }) => sum + length, 0);
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

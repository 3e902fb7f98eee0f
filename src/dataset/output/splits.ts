import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { SPLITS, type SplitName, toSplit } from '../recipe/mix.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { SampleFile } from './files.ts';
import { emptySpool, type Place } from './spool.ts';

/** Bytes of samples that a shard holds at most: some 500 trajectories of 30,000 tokens, a tenth of that on the disk. */
const SHARD = 64 << 20;

/** A chosen sample: where it waits, and what decides its side. */
export interface Chosen {
  readonly place: Place;
  readonly group: string;
}

/** Who writes the files, and how many of them side by side. */
export interface Writers {
  readonly atOnce: number;
  /**
   * @param from the byte of the file at which the samples begin
   * @returns the byte at which they end
   */
  readonly write: (file: SampleFile, from: number) => Promise<number>;
  /** Told after each how many are written, and how many there are. */
  readonly onWritten?: ((done: number, all: number) => void) | undefined;
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
  const sides = Map.groupBy(chosen, ({ group }) => toSplit(group, recipe));
  for (const split of SPLITS) {
    const own = sides.get(split);
    if (!own) continue;
    counts[split] = own.length;
    const places = own.map(({ place }) => place);
    files.push(...filesOf(folder, split, places, recipe));
  }
  await writeFiles(folder, files, writers);
  return counts;
}

/**
 * Shard after shard, each once as a file of its own, once as lines behind those of the shard before. These take less
 * time and come last: nobody waits long for another's end.
 */
function filesOf(
  folder: string,
  split: SplitName,
  places: readonly Place[],
  { format }: Recipe,
): SampleFile[] {
  const shards = cutShards(places);
  return shards.flatMap((own, index): SampleFile[] => {
    const name = `${split}-${number(index)}-of-${number(shards.length)}.parquet`;
    return [
      { kind: 'parquet', places: own, path: join(folder, 'data', name), format },
      { kind: 'jsonl', places: own, path: join(folder, `${split}.jsonl`) },
    ];
  });
}

/**
 * Several at once, in the order of the set. A spool is emptied when the last file that reads it is written, so that
 * waiting and written samples together take hardly more room than either.
 */
async function writeFiles(
  folder: string,
  files: readonly SampleFile[],
  { atOnce, write, onWritten }: Writers,
): Promise<void> {
  const rest = files.values();
  let done = 0;
  const ends = new Map<string, Promise<number>>();
  const readers = new Map<string, number>();
  for (const spool of files.flatMap(spoolsOf)) readers.set(spool, (readers.get(spool) ?? 0) + 1);

  const finish = async (file: SampleFile) => {
    for (const spool of spoolsOf(file)) {
      const left = (readers.get(spool) ?? 0) - 1;
      readers.set(spool, left);
      if (left === 0) await emptySpool(folder, spool);
    }
    await syncFile(file.path);
  };
  const takeNext = async () => {
    const finished: Promise<void>[] = [];
    for (const file of rest) {
      const end = (ends.get(file.path) ?? Promise.resolve(0)).then((from) => write(file, from));
      ends.set(file.path, end);
      await end;
      done += 1;
      onWritten?.(done, files.length);
      const onDisk = finish(file); // the disk has its part of the work while the next one is written
      onDisk.catch(() => {}); // it is awaited below, unless a file before it fails
      finished.push(onDisk);
    }
    await Promise.all(finished);
  };
  await Promise.all(Array.from({ length: atOnce }, takeNext));
}

function spoolsOf({ places }: SampleFile): string[] {
  return [...new Set(places.map(({ spool }) => spool))];
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
  const total = places.reduce((sum, { length }) => sum + length, 0);
  const count = Math.max(1, Math.ceil(total / SHARD));
  const shards: Place[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const place of places) {
    shards[Math.floor((before / total) * count)]?.push(place);
    before += place.length;
  }
  return shards.filter((shard) => shard.length > 0);
}

function number(value: number): string {
  return String(value).padStart(5, '0');
}

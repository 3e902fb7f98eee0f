import { basename, join } from 'node:path';
import { SourceError } from './errors.ts';
import type { Account } from './output/card.ts';
import { writeAccount, writeFolder, writeSplits } from './output/folder.ts';
import { type Place, Spool } from './output/spool.ts';
import { mix } from './recipe/mix.ts';
import type { Recipe } from './recipe/recipe.ts';
import { type Finished, type Passed, Steps, type Work } from './recipe/steps.ts';
import type { Source } from './sources/source.ts';
import { statisticsOf } from './statistics/statistics.ts';
import { openCounter } from './tokens/counter.ts';

/** Candidates that are worked on at once: while some are counted, others are searched. */
const BATCH = 32;

export interface CurateOptions {
  readonly recipe: Recipe;
  readonly sources: readonly Source[];
  /** The folder of the data set. */
  readonly out: string;
  /** Where token counts are kept for the next time. */
  readonly cache: string;
  /** Licence of each repository, as the user says it. */
  readonly licences?: Readonly<Record<string, string>>;
  /** Ends the work between two batches; nothing of it is left. */
  readonly signal?: AbortSignal;
  /** Told of every line or file that could not be read. */
  readonly onBroken?: (where: string, why: string) => void;
  /** Told after every batch how many were read and how many stayed so far. */
  readonly onProgress?: (read: number, kept: number) => void;
}

/** A sample that waits on the disk to be chosen. */
type Waiting = Passed & { readonly place: Place };

/**
 * Makes a data set of sources by a recipe: read, select, format, duplicates, secrets, contamination, filters, fit,
 * mix, split, write. The same sources, recipe and seed give the same bytes.
 *
 * @throws SourceError nothing of a source can be read
 * @throws OfflineDataError data of the offline teacher is among them and that was not allowed
 * @throws RecipeError, TokenizerError, DatasetWriteError, and the signal's reason when it is aborted
 */
export async function curate(options: CurateOptions): Promise<Account> {
  const { recipe, out, cache } = options;
  const counter = await openCounter(recipe.tokenizer, cache);
  try {
    const steps = await Steps.open(recipe, counter);
    return await writeFolder(out, async (folder) => {
      const spool = await Spool.open(join(folder, '.spool'));
      try {
        const read = await readAll(options, steps, spool);
        return await writeChosen(folder, options, steps, spool, read);
      } finally {
        await spool.close();
      }
    });
  } finally {
    await counter.close();
  }
}

async function writeChosen(
  folder: string,
  { recipe, out, licences = {} }: CurateOptions,
  { funnel }: Steps,
  spool: Spool,
  { waiting, sources }: { readonly waiting: readonly Waiting[]; readonly sources: readonly SourceCount[] },
): Promise<Account> {
  const { chosen, parts } = mix(waiting, recipe);
  const taken = new Set(chosen);
  for (const entry of waiting) {
    if (taken.has(entry)) funnel.passed('mix');
    else funnel.leftOut('mix', 'more than wanted');
  }
  const account: Account = {
    name: basename(out),
    recipe,
    sources,
    funnel: funnel.counts(),
    parts,
    splits: await writeSplits(folder, chosen, spool, recipe),
    statistics: statisticsOf(chosen.map((entry) => entry.facts)),
    licences,
  };
  await writeAccount(folder, account);
  return account;
}

interface SourceCount {
  readonly name: string;
  read: number;
  broken: number;
}

async function readAll(
  options: CurateOptions,
  steps: Steps,
  spool: Spool,
): Promise<{ waiting: Waiting[]; sources: SourceCount[] }> {
  const waiting: Waiting[] = [];
  const sources: SourceCount[] = [];
  for (const source of options.sources) {
    const count: SourceCount = { name: source.name, read: 0, broken: 0 };
    sources.push(count);
    // While the tokens of one batch are counted, the next is read and searched.
    let before: Promise<void> = Promise.resolve();
    for await (const batch of batches(source, count, steps, options.onBroken)) {
      const finishing = steps.finish(batch);
      finishing.catch(() => {}); // it is awaited below, unless the batch before it fails
      await before;
      before = keep(finishing);
      before.catch(() => {});
      options.signal?.throwIfAborted();
      const read = sources.reduce((sum, each) => sum + each.read, 0);
      options.onProgress?.(read, waiting.length);
    }
    await before;
    if (count.read === 0) {
      const why = count.broken > 0 ? `all ${count.broken} of its rows or files are broken` : 'it is empty';
      throw new SourceError(`nothing of ${source.name} can be read: ${why}`);
    }
  }
  return { waiting, sources };

  async function keep(finishing: Promise<readonly Finished[]>): Promise<void> {
    for (const { sample, passed } of await finishing) {
      waiting.push({ ...passed, place: await spool.add(sample) });
    }
  }
}

async function* batches(
  source: Source,
  count: SourceCount,
  steps: Steps,
  onBroken: CurateOptions['onBroken'],
): AsyncGenerator<Work[]> {
  let batch: Work[] = [];
  for await (const item of source.read()) {
    if (item.kind === 'broken') {
      count.broken += 1;
      steps.funnel.leftOut('read', 'broken');
      onBroken?.(item.where, item.why);
      continue;
    }
    count.read += 1;
    steps.funnel.passed('read');
    const work = steps.begin(item.candidate, source.name);
    if (work) batch.push(work);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

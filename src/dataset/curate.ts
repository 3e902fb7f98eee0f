import { mkdir, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Account } from './output/card.ts';
import { writeAccount, writeFolder } from './output/folder.ts';
import { writeSplits } from './output/splits.ts';
import { type Place, spoolsIn } from './output/spool.ts';
import { compileFilters } from './recipe/filters.ts';
import type { Passed } from './recipe/judge.ts';
import { mix } from './recipe/mix.ts';
import type { Recipe } from './recipe/recipe.ts';
import { Steps } from './recipe/steps.ts';
import { memoryOf, type Portion, portionsOf } from './sources/portion.ts';
import { nothingRead, type Source } from './sources/source.ts';
import { statisticsOf } from './statistics/statistics.ts';
import type { Jobs } from './threads/jobs.ts';
import { inOrder, type Pool } from './threads/pool.ts';
import { withPool } from './threads/with-pool.ts';
import { DEFAULT_TOKENIZER } from './tokens/load.ts';

export interface CurateOptions {
  readonly recipe: Recipe;
  readonly sources: readonly Source[];
  /** The folder of the data set. */
  readonly out: string;
  /** Where token counts are kept for the next time. */
  readonly cache: string;
  /** Licence of each repository, as the user says it. */
  readonly licences?: Readonly<Record<string, string>>;
  /** Threads that work at most; as many as there are cores, up to two, where it is left out. */
  readonly threads?: number;
  /** Ends the work between two portions; nothing of it is left. */
  readonly signal?: AbortSignal;
  /** Told of every line or file that could not be read. */
  readonly onBroken?: (where: string, why: string) => void;
  /** Told after every portion how many were read and how many stayed so far. */
  readonly onProgress?: (read: number, kept: number) => void;
  /** Told how many pieces of the set are written, and how many there are. */
  readonly onWritten?: (done: number, all: number) => void;
}

/** A sample that waits on the disk to be chosen. */
type Waiting = Passed & { readonly place: Place };

/**
 * Makes a data set of sources by a recipe: read, select, format, duplicates, secrets, contamination, filters, fit,
 * mix, split, write. The same sources, recipe and seed give the same bytes, with any number of threads.
 *
 * @throws SourceError nothing of a source can be read
 * @throws OfflineDataError data of the offline teacher is among them and that was not allowed
 * @throws RecipeError, TokenizerError, DatasetWriteError, ThreadError, and the signal's reason when it is aborted
 */
export async function curate(options: CurateOptions): Promise<Account> {
  const { recipe, out, cache, threads } = options;
  for (const filters of [recipe, ...recipe.parts]) compileFilters(filters); // what is wrong is said before any work
  return writeFolder(out, (folder) =>
    withPool({ ...recipe, template: templateOf(recipe), cache, folder, threads }, async (pool) => {
      await mkdir(spoolsIn(folder));
      const reading = new Reading(options, pool);
      for (const source of options.sources) await reading.read(source);
      const account = await choose(folder, options, reading, pool);
      await rm(spoolsIn(folder), { recursive: true, force: true });
      options.signal?.throwIfAborted();
      return account;
    }),
  );
}

/**
 * Qwen3's own template takes every result of an `xml` sample for a new question and leaves out the thoughts before it,
 * so these are trained on with `chatml`, and counted so.
 */
function templateOf({ template, format, tokenizer }: Recipe): string | undefined {
  return template ?? (format === 'xml' && tokenizer === DEFAULT_TOKENIZER ? 'chatml' : undefined);
}

async function choose(
  folder: string,
  { recipe, out, licences = {}, signal, onWritten }: CurateOptions,
  { steps: { funnel }, waiting, sources }: Reading,
  pool: Pool,
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
    splits: await writeSplits(folder, chosen, recipe, {
      atOnce: pool.size,
      write: (file, from) => {
        signal?.throwIfAborted();
        return pool.run('write', { file, from });
      },
      onWritten,
    }),
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

/** Reads source after source; what passes waits. */
class Reading {
  readonly steps: Steps;
  readonly waiting: Waiting[] = [];
  readonly sources: SourceCount[] = [];
  readonly #options: CurateOptions;
  readonly #pool: Pool;

  constructor(options: CurateOptions, pool: Pool) {
    this.steps = new Steps(options.recipe);
    this.#options = options;
    this.#pool = pool;
  }

  async read(source: Source): Promise<void> {
    const { recipe, signal, onProgress } = this.#options;
    const { name } = source;
    const count: SourceCount = { name, read: 0, broken: 0 };
    this.sources.push(count);
    const judge = (portion: Portion) => this.#pool.run('judge', { portion, name, recipe }, memoryOf(portion));
    for await (const verdicts of inOrder(portionsOf(source), this.#pool.width, judge)) {
      signal?.throwIfAborted();
      for (const verdict of verdicts) this.#take(verdict, count);
      const read = this.sources.reduce((sum, each) => sum + each.read, 0);
      onProgress?.(read, this.waiting.length);
    }
    if (count.read === 0) throw nothingRead(name, count.broken);
  }

  #take(verdict: Jobs['judge']['answer'][number], count: SourceCount): void {
    if (verdict.kind === 'broken') {
      count.broken += 1;
      this.steps.broken();
      this.#options.onBroken?.(verdict.where, verdict.why);
      return;
    }
    count.read += 1;
    const taken = this.steps.take(verdict);
    if (taken) this.waiting.push({ ...taken.passed, place: taken.kept });
  }
}

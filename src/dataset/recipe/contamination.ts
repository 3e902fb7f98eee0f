import { z } from 'zod';
import { changedLines } from '../../patch/index.ts';
import type { Candidate } from '../candidate.ts';
import { RecipeError } from '../errors.ts';
import { jsonlRows } from '../sources/files.ts';
import { parquetRows } from '../sources/parquet-rows.ts';
import { hashText, mix } from './minhash.ts';
import { textsOf } from './texts.ts';

/** Words of an n-gram: long enough that nobody writes the same by chance. */
const N = 13;
/** Texts of fewer words say nothing of their own. */
const FEWEST = 8;

const Instance = z.looseObject({
  instance_id: z.string(),
  repo: z.string().nullish(),
  base_commit: z.string().nullish(),
  problem_statement: z.string().nullish(),
  patch: z.string().nullish(),
});

/** A text of a benchmark instance, told by its n-grams. */
interface Reference {
  readonly instance: string;
  readonly what: 'problem statement' | 'gold patch';
  readonly grams: number;
}

/** Finds samples that would teach the answers of a benchmark. */
export class Benchmarks {
  readonly #threshold: number;
  /** Commits by repository, in lower case. */
  readonly #bases = new Map<string, string[]>();
  readonly #references: Reference[] = [];
  readonly #byGram = new Map<number, number[]>();
  readonly #sizes = new Set<number>();

  private constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /**
   * @param files JSONL or Parquet in SWE-bench's columns
   * @param threshold share of a text's n-grams from which a sample is contaminated by it
   * @throws RecipeError a file cannot be read, or holds no instance
   */
  static async read(files: readonly string[], threshold: number): Promise<Benchmarks> {
    const benchmarks = new Benchmarks(threshold);
    for (const file of files) await benchmarks.#addFile(file);
    return benchmarks;
  }

  async #addFile(file: string): Promise<void> {
    let count = 0;
    try {
      for await (const row of file.endsWith('.parquet') ? parquetRows(file) : jsonlRows(file)) {
        if ('error' in row) throw new Error(`line ${row.number} is ${row.error}`);
        this.#add(Instance.parse(row.value));
        count += 1;
      }
    } catch (error) {
      const why = error instanceof z.ZodError ? 'not in the columns of SWE-bench' : (error as Error).message;
      throw new RecipeError(`cannot read the benchmark ${file}: ${why}`);
    }
    if (count === 0) throw new RecipeError(`the benchmark ${file} holds no instance`);
  }

  #add({
    instance_id: instance,
    repo,
    base_commit,
    problem_statement,
    patch,
  }: z.infer<typeof Instance>): void {
    if (repo && base_commit) {
      const commits = this.#bases.get(repo.toLowerCase()) ?? [];
      this.#bases.set(repo.toLowerCase(), [...commits, base_commit.toLowerCase()]);
    }
    this.#addText(instance, 'problem statement', problem_statement ?? '');
    this.#addText(instance, 'gold patch', added(patch ?? ''));
  }

  #addText(instance: string, what: Reference['what'], text: string): void {
    const words = wordsOf(text);
    if (words.length < FEWEST) return;
    const size = Math.min(N, words.length);
    const grams = new Set(gramsOf(words, size));
    this.#sizes.add(size);
    const index = this.#references.push({ instance, what, grams: grams.size }) - 1;
    for (const gram of grams) {
      const known = this.#byGram.get(gram);
      if (known) known.push(index);
      else this.#byGram.set(gram, [index]);
    }
  }

  /** Published sets tell the first digits of a commit alone. */
  #isBase(repository: string | null, commit: string | null): boolean {
    if (!repository || !commit) return false;
    const own = commit.toLowerCase();
    const bases = this.#bases.get(repository.toLowerCase()) ?? [];
    const short = own.length >= SHORT_COMMIT;
    return bases.some((base) => base === own || (short && base.startsWith(own)));
  }

  /** Why a candidate must not be trained on, with the instance that it would give away. */
  check(candidate: Candidate): string | undefined {
    const { repository, commit, patch } = candidate.metadata;
    if (this.#isBase(repository, commit)) return 'a benchmark’s repository and commit';
    const found = new Map<number, number>();
    const grams = new Set<number>();
    for (const text of [...textsOf(candidate), added(patch ?? '')]) {
      const words = wordsOf(text);
      for (const size of this.#sizes) for (const gram of gramsOf(words, size)) grams.add(gram);
    }
    for (const gram of grams) {
      for (const index of this.#byGram.get(gram) ?? []) found.set(index, (found.get(index) ?? 0) + 1);
    }
    for (const [index, count] of found) {
      const reference = this.#references[index];
      if (reference && count / reference.grams >= this.#threshold) return `a benchmark’s ${reference.what}`;
    }
    return undefined;
  }
}

/** Eight digits tell a commit among those of one repository. */
const SHORT_COMMIT = 8;

/**
 * What a patch brings, without its signs, so that it is found in a file that was written too. What it takes away stands
 * in the repository for everyone to read.
 */
function added(patch: string): string {
  return changedLines(patch)
    .filter((line) => line.startsWith('+'))
    .map((line) => line.slice(1))
    .join('\n');
}

/** In the arguments of a call, which are JSON, the end of a line is two characters that must not join its words. */
function wordsOf(text: string): number[] {
  const plain = text.replace(/\\+[nrt]/g, ' ').toLowerCase();
  return (plain.match(/[\p{L}\p{N}_]+/gu) ?? []).map(hashText);
}

/** Hashes of all runs of so many words, whatever stands between them. */
function* gramsOf(words: readonly number[], size: number): Generator<number> {
  for (let end = size; end <= words.length; end += 1) {
    let hash = size;
    for (let i = end - size; i < end; i += 1) hash = mix(Math.imul(hash, 31) ^ (words[i] ?? 0));
    yield hash;
  }
}

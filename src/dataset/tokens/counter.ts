import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CountCache } from './cache.ts';
import { tokenizerFile, tokenizerHash } from './load.ts';

/** A worker takes some 150 MB for its tables; four count as fast as Python's library does on sixteen cores. */
const MOST_WORKERS = 4;

/** Characters below which a batch is not worth a worker's while. */
const SHARE = 200_000;

/**
 * Counts texts with every core, each distinct text once: most messages of a set come again and again (the system
 * message, the same file seen twice, both formats of a variant).
 */
export class TokenCounter {
  readonly #place: string;
  readonly #cache: CountCache;
  readonly #size: number;
  readonly #workers: CountingWorker[] = [];

  /**
   * @param place as `loadTokenizer` takes it
   * @param cache counts that are known already
   */
  constructor(
    place: string,
    cache: CountCache,
    workers: number = Math.min(availableParallelism(), MOST_WORKERS),
  ) {
    this.#place = place;
    this.#cache = cache;
    this.#size = Math.max(1, workers);
  }

  /** Tokens of each text. */
  async count(texts: readonly string[]): Promise<number[]> {
    const keys = texts.map((text) => hash('sha1', text, 'base64'));
    const unknown = new Map<string, string>();
    for (const [index, key] of keys.entries()) {
      if (this.#cache.get(key) === undefined) unknown.set(key, texts[index] ?? '');
    }
    if (unknown.size > 0) await this.#countUnknown([...unknown.keys()], [...unknown.values()]);
    return keys.map((key) => this.#cache.get(key) ?? 0);
  }

  async #countUnknown(keys: readonly string[], texts: readonly string[]): Promise<void> {
    const shares = share(texts, this.#size);
    await Promise.all(
      shares.map(async ({ from, to }, index) => {
        this.#workers[index] ??= new CountingWorker(this.#place);
        const counts = await this.#workers[index].count(texts.slice(from, to));
        counts.forEach((count, offset) => {
          this.#cache.set(keys[from + offset] ?? '', count);
        });
      }),
    );
  }

  /** Keeps the counts for the next time and ends the workers. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#cache.save();
  }
}

/** A counter whose counts are kept in a folder, one file for each tokenizer. */
export async function openCounter(tokenizer: string, cache: string): Promise<TokenCounter> {
  const path = await tokenizerFile(tokenizer);
  const kind = (await tokenizerHash(path)).slice(0, 16);
  return new TokenCounter(path, await CountCache.open(join(cache, `tokens-${kind}`)));
}

/** Cuts texts into at most `most` runs of about the same number of characters. */
function share(texts: readonly string[], most: number): { from: number; to: number }[] {
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  const goal = Math.max(SHARE, Math.ceil(total / most));
  const shares: { from: number; to: number }[] = [];
  let from = 0;
  let characters = 0;
  for (const [index, text] of texts.entries()) {
    characters += text.length;
    if (characters < goal && index + 1 < texts.length) continue;
    shares.push({ from, to: index + 1 });
    from = index + 1;
    characters = 0;
  }
  return shares;
}

/** One thread with a tokenizer of its own; what is asked of it is answered in order. */
class CountingWorker {
  readonly #worker: Worker;
  #waiting: { resolve: (counts: number[]) => void; reject: (error: Error) => void }[] = [];

  constructor(place: string) {
    const file = import.meta.url.endsWith('.ts') ? './counting-worker.ts' : './counting-worker.js';
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData: place, execArgv: [] });
    this.#worker.on('message', (counts: number[]) => this.#waiting.shift()?.resolve(counts));
    this.#worker.on('error', (error: Error) => {
      for (const { reject } of this.#waiting) reject(error);
      this.#waiting = [];
    });
  }

  count(texts: readonly string[]): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(texts);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

import { join } from 'node:path';
import { CountTable } from '../tokens/count-table.ts';
import { readTemplate, tokenizerFile, tokenizerHash } from '../tokens/load.ts';
import { Pool } from './pool.ts';

export interface PoolOptions {
  readonly tokenizer: string;
  readonly template?: string | undefined;
  /** Where token counts are kept for the next time, a file for each tokenizer. */
  readonly cache: string;
  /** The folder that a data set is made in. */
  readonly folder?: string;
  /** Threads that work at most; as many as there are cores, up to two, where it is left out. */
  readonly threads?: number | undefined;
}

/**
 * Lets `work` use threads that count by a tokenizer and a chat template; then ends them and keeps what was counted.
 *
 * @throws TokenizerError one of them cannot be read; whatever `work` throws
 */
export async function withPool<T>(
  { tokenizer: place, template: name, cache, folder, threads }: PoolOptions,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  const template = await readTemplate(name, place);
  const tokenizer = await tokenizerFile(place);
  const hash = await tokenizerHash(tokenizer);
  const path = join(cache, `tokens-${hash.slice(0, 16)}`);
  const counts = await CountTable.open(path);
  const setup = { counts: counts.memory, tokenizer, template, ...(folder ? { folder } : {}) };
  const pool = new Pool(setup, JSON.stringify([hash, template]), threads);
  try {
    return await work(pool);
  } finally {
    await pool.close();
    if (pool.started) await counts.save(path);
  }
}

import { join } from 'node:path';
import type { Metadata } from './candidate.ts';
import { MeasuredStore } from './measured.ts';
import { memoryOf, type Portion, portionsOf } from './sources/portion.ts';
import { nothingRead, type Source } from './sources/source.ts';
import { type SampleFacts, type Statistics, statisticsOf } from './statistics/statistics.ts';
import type { Jobs } from './threads/jobs.ts';
import { inOrder } from './threads/pool.ts';
import { withPool } from './threads/with-pool.ts';

export interface InspectOptions {
  readonly tokenizer: string;
  readonly template?: string;
  /** Tokens into which a sample should fit. */
  readonly limit: number;
  /** Where token counts are kept for the next time. */
  readonly cache: string;
  /** Samples of which the messages are kept, from the first on. */
  readonly previews: number;
  /** Told of every line or file that could not be read. */
  readonly onBroken?: (where: string, why: string) => void;
  /** Told again and again how many were read so far. */
  readonly onProgress?: (read: number) => void;
}

export interface Inspection {
  readonly source: string;
  readonly broken: number;
  /** Tokens into which a sample should fit. */
  readonly limit: number;
  readonly statistics: Statistics;
  readonly previews: readonly Preview[];
}

/** A sample to look at. */
export interface Preview {
  readonly id: string;
  readonly facts: SampleFacts;
  readonly messages: readonly { readonly role: string; readonly content: string; readonly train: boolean }[];
  /** Null, as `messages` are empty, where it is only counted. */
  readonly metadata: Metadata | null;
}

type Measured = Jobs['measure']['answer'];

/**
 * Measures every sample of a source as it would be trained on in the `hermes` format.
 *
 * @throws SourceError nothing of it can be read
 * @throws TokenizerError, ThreadError
 */
export async function inspect(source: Source, options: InspectOptions): Promise<Inspection> {
  const { limit, cache, previews: wanted } = options;
  const all: SampleFacts[] = [];
  const previews: Preview[] = [];
  let broken = 0;
  await withPool(options, async (pool) => {
    const known = await MeasuredStore.open(join(cache, 'measured.db'), [pool.student, limit]);
    const measure = async (portion: Portion): Promise<Measured> => {
      const key = known.keyOf(portion);
      const shown = previews.length < wanted;
      const before = shown ? undefined : known.get(key);
      if (before) return before;
      const ask = { portion, name: source.name, limit, previews: shown };
      const answer = await pool.run('measure', ask, memoryOf(portion));
      if (!shown) known.set(key, answer);
      return answer;
    };
    try {
      for await (const measured of inOrder(portionsOf(source), pool.width, measure)) {
        for (const one of measured) {
          if ('kind' in one) {
            broken += 1;
            options.onBroken?.(one.where, one.why);
          } else {
            all.push(one.facts);
            if (previews.length < wanted) previews.push(one);
          }
        }
        options.onProgress?.(all.length);
      }
    } finally {
      known.close();
    }
  });
  if (all.length === 0) throw nothingRead(source.name, broken);
  return { source: source.name, broken, limit, statistics: statisticsOf(all), previews };
}

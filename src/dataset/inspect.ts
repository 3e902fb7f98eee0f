import { SourceError } from './errors.ts';
import { type FitRule, Fitter } from './recipe/fit.ts';
import { factsOf, sampleFacts } from './recipe/measure.ts';
import { type Sample, toSample } from './sample.ts';
import type { Source } from './sources/source.ts';
import { type SampleFacts, type Statistics, statisticsOf } from './statistics/statistics.ts';
import { openCounter } from './tokens/counter.ts';
import { loadTemplate } from './tokens/load.ts';

export interface InspectOptions {
  readonly tokenizer: string;
  readonly template?: string;
  /** Tokens into which a sample should fit. */
  readonly limit: number;
  /** Where token counts are kept for the next time. */
  readonly cache: string;
  /** Samples of which the messages are kept, from the first on. */
  readonly previews: number;
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
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const BATCH = 32;

/**
 * Measures every sample of a source as it would be trained on in the `hermes` format.
 *
 * @throws SourceError nothing of it can be read
 * @throws TokenizerError
 */
export async function inspect(source: Source, options: InspectOptions): Promise<Inspection> {
  const { tokenizer, template, limit, cache } = options;
  const counter = await openCounter(tokenizer, cache);
  const fitter = new Fitter(counter, await loadTemplate(template, tokenizer));
  const rule: FitRule = { limit, fit: 'truncate', min_ratio: 0 };
  const all: SampleFacts[] = [];
  const previews: Preview[] = [];
  let broken = 0;
  try {
    for await (const batch of batches(source, () => {
      broken += 1;
    })) {
      for (const preview of await Promise.all(batch.map((one) => measure(one, source.name, fitter, rule)))) {
        all.push(preview.facts);
        if (previews.length < options.previews) previews.push(preview);
      }
    }
  } finally {
    await counter.close();
  }
  if (all.length === 0) throw new SourceError(`nothing of ${source.name} can be read (${broken} broken)`);
  return { source: source.name, broken, limit, statistics: statisticsOf(all), previews };
}

interface Read {
  readonly candidate: Parameters<typeof toSample>[0];
  readonly sample: Sample;
}

async function* batches(source: Source, onBroken: () => void): AsyncGenerator<Read[]> {
  let batch: Read[] = [];
  for await (const item of source.read()) {
    const sample = item.kind === 'candidate' ? toSample(item.candidate, 'hermes', 'as_is') : undefined;
    if (item.kind === 'broken' || !sample) {
      onBroken();
      continue;
    }
    batch.push({ candidate: item.candidate, sample });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

async function measure(
  { candidate, sample }: Read,
  source: string,
  fitter: Fitter,
  fit: FitRule,
): Promise<Preview> {
  const length = await fitter.measure(sample);
  const cut = await fitter.fit(sample, length.tokens, fit);
  const ratio = 'ratio' in cut ? cut.ratio : 0;
  const facts = sampleFacts(candidate, factsOf(candidate, source, length), length.tokens, ratio);
  return { id: candidate.id, facts, messages: 'messages' in sample ? sample.messages : [] };
}

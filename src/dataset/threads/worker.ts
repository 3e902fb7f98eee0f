import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Candidate } from '../candidate.ts';
import type { Preview } from '../inspect.ts';
import { writeSamples } from '../output/files.ts';
import { type Place, SpoolReader, SpoolWriter } from '../output/spool.ts';
import { type FitRule, Fitter } from '../recipe/fit.ts';
import { Judge, type Verdict } from '../recipe/judge.ts';
import { factsOf, sampleFacts } from '../recipe/measure.ts';
import { stretchOf } from '../recipe/mix.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { type Sample, toSample } from '../sample.ts';
import { readPortion } from '../sources/portion.ts';
import type { Broken } from '../sources/source.ts';
import { CountTable } from '../tokens/count-table.ts';
import { TokenCounter } from '../tokens/counter.ts';
import { loadTokenizer, makeTemplate } from '../tokens/load.ts';
import { asWriteError } from '../write.ts';
import type { JobName, Jobs, Setup } from './jobs.ts';

/** What one thread does: it reads, formats, counts, searches and writes down portions of sources. */

const setup = workerData as Setup & { readonly number: number };
const counter = new TokenCounter(() => loadTokenizer(setup.tokenizer), new CountTable(setup.counts));
let fitter: Fitter | undefined;
let judge: Promise<Judge> | undefined;
let waiting: SpoolWriter | undefined;
let spools: SpoolReader | undefined;

const work: { readonly [Name in JobName]: (ask: Jobs[Name]['ask']) => Promise<Jobs[Name]['answer']> } = {
  async measure({ portion, name, limit, previews }) {
    const answer: (Broken | Preview)[] = [];
    for await (const item of readPortion(portion)) {
      if (item.kind === 'broken') answer.push(item);
      else answer.push(measureOne(item.candidate, name, limit, previews));
    }
    return answer;
  },

  async judge({ portion, name, recipe }) {
    judge ??= Judge.open(recipe, useFitter());
    const answer: (Broken | Verdict<Place>)[] = [];
    for await (const item of readPortion(portion)) {
      if (item.kind === 'broken') answer.push(item);
      else answer.push(spooled(await (await judge).judge(item.candidate, name), recipe));
    }
    return answer;
  },

  async write({ file, from }) {
    spools ??= new SpoolReader(useFolder());
    return writeSamples(file, from, spools);
  },
};

function measureOne(candidate: Candidate, source: string, limit: number, shown: boolean): Broken | Preview {
  const sample = toSample(candidate, 'hermes', 'as_is');
  if (!sample) return { kind: 'broken', where: candidate.id, why: 'unclear reasoning' };
  const rule: FitRule = { limit, fit: 'truncate', min_ratio: 0 };
  const length = useFitter().measure(sample);
  const cut = useFitter().fit(sample, length.tokens, rule);
  const ratio = 'ratio' in cut ? cut.ratio : 0;
  const facts = sampleFacts(candidate, factsOf(candidate, source, length), length.tokens, ratio);
  const messages = shown && 'messages' in sample ? sample.messages : [];
  return { id: candidate.id, facts, messages, metadata: shown ? candidate.metadata : null };
}

function spooled(verdict: Verdict<Sample>, recipe: Recipe): Verdict<Place> {
  if (verdict.kind === 'left out' || 'reason' in verdict.end) return verdict as Verdict<never>;
  const { kept, passed } = verdict.end;
  waiting ??= new SpoolWriter(useFolder(), setup.number);
  return { ...verdict, end: { kept: waiting.add(kept, stretchOf(passed, recipe)), passed } };
}

function useFitter(): Fitter {
  fitter ??= new Fitter(counter, makeTemplate(setup.template));
  return fitter;
}

function useFolder(): string {
  if (setup.folder === undefined) throw new Error('no folder was named to write in');
  return setup.folder;
}

interface Message<Name extends JobName> {
  readonly id: number;
  readonly name: Name;
  readonly ask: Jobs[Name]['ask'];
}

async function reply<Name extends JobName>({ id, name, ask }: Message<Name>): Promise<void> {
  try {
    parentPort?.postMessage({ id, answer: await work[name](ask) });
  } catch (cause) {
    // The system's own errors lose their code on the way: what the disk says of the set is put in words here.
    const error = setup.folder === undefined ? cause : asWriteError(dirname(setup.folder), cause);
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ id, error: { name: kind, message } });
  }
}

let last: Promise<void> = Promise.resolve();
parentPort?.on('message', (message: Message<JobName>) => {
  last = last.then(() => reply(message));
});

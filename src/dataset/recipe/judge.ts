import type { Candidate } from '../candidate.ts';
import { OfflineDataError } from '../errors.ts';
import { type Sample, toSample } from '../sample.ts';
import type { SampleFacts } from '../statistics/statistics.ts';
import { Benchmarks } from './contamination.ts';
import { type Fingerprint, fingerprintOf } from './duplicates.ts';
import { compileFilters, type Facts, type Filter } from './filters.ts';
import type { Fitted, Fitter } from './fit.ts';
import type { StepName } from './funnel.ts';
import { groupOf } from './group.ts';
import { factsOf, sampleFacts } from './measure.ts';
import type { Entry } from './mix.ts';
import type { Part, Recipe } from './recipe.ts';
import { findSecrets, redact, type Secret } from './secrets.ts';
import { select } from './select.ts';

/** What is known of a sample once it has passed every step before the mixture. */
export interface Passed extends Entry {
  readonly facts: SampleFacts;
}

/** The step at which a candidate was left out, and why. */
export interface LeftOut {
  readonly step: StepName;
  readonly reason: string;
}

/**
 * What the steps that look at one candidate alone say of it. Whether it is a duplicate hangs on those before it, so
 * that is for `Steps` to say, from the fingerprint.
 */
export type Verdict<Kept> =
  | { readonly kind: 'left out'; readonly early: LeftOut }
  | {
      readonly kind: 'judged';
      readonly fingerprint: Fingerprint | undefined;
      readonly changes: readonly Change[];
      readonly end: LeftOut | Taken<Kept>;
    };

/** What a step did to a candidate that it let pass. */
export interface Change {
  readonly step: StepName;
  readonly what: string;
}

/** A sample, or where it lies, and what is known of it. */
export interface Taken<Kept> {
  readonly kept: Kept;
  readonly passed: Passed;
}

/** Takes candidates through the steps of a recipe, each by itself, in any thread and any order. */
export class Judge {
  readonly #recipe: Recipe;
  readonly #fitter: Fitter;
  readonly #benchmarks: Benchmarks | undefined;
  readonly #filter: Filter;
  readonly #partFilters: ReadonlyMap<Part, Filter>;

  private constructor(recipe: Recipe, fitter: Fitter, benchmarks: Benchmarks | undefined) {
    this.#recipe = recipe;
    this.#fitter = fitter;
    this.#benchmarks = benchmarks;
    this.#filter = compileFilters(recipe);
    this.#partFilters = new Map(recipe.parts.map((part) => [part, compileFilters(part)]));
  }

  /** @throws RecipeError an expression or a benchmark cannot be read */
  static async open(recipe: Recipe, fitter: Fitter): Promise<Judge> {
    const { benchmarks: files, contamination } = recipe;
    const benchmarks = files.length > 0 ? await Benchmarks.read(files, contamination) : undefined;
    return new Judge(recipe, fitter, benchmarks);
  }

  /**
   * @param source name of where it comes from
   * @throws OfflineDataError the offline teacher made it and that was not allowed
   */
  async judge(candidate: Candidate, source: string): Promise<Verdict<Sample>> {
    this.#refuseOffline(candidate);
    const begun = this.#begin(candidate);
    if ('reason' in begun) return { kind: 'left out', early: begun };
    const secrets = this.#recipe.secrets === 'keep' ? [] : await findSecrets(candidate);
    return this.#finish(begun, secrets, source);
  }

  /** Select and format. */
  #begin(candidate: Candidate): Begun | LeftOut {
    const selected = select(candidate, this.#recipe);
    if ('reason' in selected) return { step: 'select', reason: selected.reason };
    if (this.#recipe.format !== 'xml' && hasXmlCalls(candidate)) {
      return { step: 'format', reason: 'calls in xml notation' };
    }
    const sample = this.#format(candidate);
    if (!sample) return { step: 'format', reason: 'unclear reasoning' };
    return { candidate, sample, part: selected.part };
  }

  #finish(begun: Begun, secrets: readonly Secret[], source: string): Verdict<Sample> {
    const fingerprint = fingerprintOf(begun.candidate, this.#recipe);
    const changes: Change[] = [];
    const judged = (end: LeftOut | Taken<Sample>): Verdict<Sample> => ({
      kind: 'judged',
      fingerprint,
      changes,
      end,
    });
    if (secrets.length === 0) return judged(this.#fit(begun, source, changes));
    if (this.#recipe.secrets === 'drop') {
      return judged({ step: 'secrets', reason: secrets[0]?.kind ?? 'secret' });
    }
    const candidate = redact(begun.candidate, secrets);
    const sample = this.#format(candidate);
    if (!sample) return judged({ step: 'secrets', reason: 'unclear reasoning' });
    changes.push({ step: 'secrets', what: 'redacted' });
    return judged(this.#fit({ ...begun, candidate, sample }, source, changes));
  }

  /** Contamination, filters and fit. */
  #fit({ candidate, sample, part }: Begun, source: string, changes: Change[]): LeftOut | Taken<Sample> {
    const contaminated = this.#benchmarks?.check(candidate);
    if (contaminated) return { step: 'contamination', reason: contaminated };
    const length = this.#fitter.measure(sample);
    const facts = factsOf(candidate, source, length);
    const filtered = this.#filter(facts) ?? this.#partFilters.get(part)?.(facts);
    if (filtered) return { step: 'filters', reason: filtered };
    const fitted = this.#fitter.fit(sample, length.tokens, this.#recipe);
    if ('reason' in fitted) return { step: 'fit', reason: fitted.reason };
    if (fitted.ratio < 1) changes.push({ step: 'fit', what: 'cut' });
    return { kept: fitted.sample, passed: toPassed(candidate, part, facts, fitted) };
  }

  #format(candidate: Candidate): Sample | undefined {
    return toSample(candidate, this.#recipe.format, this.#recipe.reasoning);
  }

  #refuseOffline({ id, metadata }: Candidate): void {
    if (!metadata.offline || this.#recipe.allow_offline) return;
    throw new OfflineDataError(
      `${id} was made by the offline teacher, whose data is for trying out and not for training: add --allow-offline to take it all the same`,
    );
  }
}

/** A candidate on its way, with the part that it belongs to. */
interface Begun {
  readonly candidate: Candidate;
  readonly sample: Sample;
  readonly part: Part;
}

/** Calls that stand in the text as `xml` writes them don't tell what type an argument has: they stay xml. */
function hasXmlCalls({ messages }: Candidate): boolean {
  return messages.some(
    (message) =>
      message.role === 'assistant' && !message.toolCalls && /^<function=\w+>$/m.test(message.content),
  );
}

function toPassed(candidate: Candidate, part: Part, facts: Facts, { tokens, ratio }: Fitted): Passed {
  return {
    id: candidate.id,
    group: groupOf(candidate),
    part: part.name,
    ratio,
    facts: sampleFacts(candidate, facts, tokens, ratio),
  };
}

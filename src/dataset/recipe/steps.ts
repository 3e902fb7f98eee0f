import type { Candidate } from '../candidate.ts';
import { OfflineDataError } from '../errors.ts';
import { type Sample, toSample } from '../sample.ts';
import type { SampleFacts } from '../statistics/statistics.ts';
import type { TokenCounter } from '../tokens/counter.ts';
import { loadTemplate } from '../tokens/load.ts';
import { Benchmarks } from './contamination.ts';
import { Duplicates } from './duplicates.ts';
import { compileFilters, type Facts, type Filter } from './filters.ts';
import { type Fitted, Fitter } from './fit.ts';
import { Funnel } from './funnel.ts';
import { groupOf } from './group.ts';
import { factsOf, sampleFacts } from './measure.ts';
import type { Entry } from './mix.ts';
import type { Part, Recipe } from './recipe.ts';
import { findSecrets, redact } from './secrets.ts';
import { select } from './select.ts';

/** What is known of a sample once it has passed every step before the mixture. */
export interface Passed extends Entry {
  readonly facts: SampleFacts;
}

/** A candidate on its way, with the part that it belongs to. */
export interface Work {
  readonly candidate: Candidate;
  readonly sample: Sample;
  readonly source: string;
  readonly part: Part;
}

/** A sample that passed, and what is known of it. */
export interface Finished {
  readonly sample: Sample;
  readonly passed: Passed;
}

/** The steps of a recipe that look at candidates, in their order; each is counted in the funnel. */
export class Steps {
  readonly funnel = new Funnel();
  readonly #recipe: Recipe;
  readonly #fitter: Fitter;
  readonly #duplicates: Duplicates | undefined;
  readonly #benchmarks: Benchmarks | undefined;
  readonly #filter: Filter;
  readonly #partFilters: ReadonlyMap<Part, Filter>;

  private constructor(recipe: Recipe, fitter: Fitter, benchmarks: Benchmarks | undefined) {
    this.#recipe = recipe;
    this.#fitter = fitter;
    this.#benchmarks = benchmarks;
    this.#duplicates = recipe.duplicates === 'keep' ? undefined : new Duplicates(recipe);
    this.#filter = compileFilters(recipe);
    this.#partFilters = new Map(recipe.parts.map((part) => [part, compileFilters(part)]));
  }

  /** @throws RecipeError, TokenizerError an expression, a benchmark or a template cannot be read */
  static async open(recipe: Recipe, counter: TokenCounter): Promise<Steps> {
    const fitter = new Fitter(counter, await loadTemplate(recipe.template, recipe.tokenizer));
    const { benchmarks: files, contamination } = recipe;
    const benchmarks = files.length > 0 ? await Benchmarks.read(files, contamination) : undefined;
    return new Steps(recipe, fitter, benchmarks);
  }

  /**
   * Select, format and duplicates: they see one candidate after the other.
   *
   * @throws OfflineDataError the offline teacher made it and that was not allowed
   */
  begin(candidate: Candidate, source: string): Work | undefined {
    this.#refuseOffline(candidate);
    const selected = select(candidate, this.#recipe);
    if ('reason' in selected) return void this.funnel.leftOut('select', selected.reason);
    this.funnel.passed('select');
    if (this.#recipe.format !== 'xml' && hasXmlCalls(candidate)) {
      return void this.funnel.leftOut('format', 'calls in xml notation');
    }
    const sample = this.#format(candidate);
    if (!sample) return void this.funnel.leftOut('format', 'unclear reasoning');
    this.funnel.passed('format');
    const why = this.#duplicates?.check(candidate);
    if (why) return void this.funnel.leftOut('duplicates', why);
    this.funnel.passed('duplicates');
    return { candidate, sample, source, part: selected.part };
  }

  /** Secrets, contamination, filters and fit: they look at one sample alone, so several are on their way at once. */
  async finish(works: readonly Work[]): Promise<Finished[]> {
    const clean = await this.#withoutSecrets(works);
    const finished = await Promise.all(clean.map((work) => this.#finishOne(work)));
    return finished.filter((one) => one !== undefined);
  }

  async #finishOne({ candidate, sample, source, part }: Work): Promise<Finished | undefined> {
    const contaminated = this.#benchmarks?.check(candidate);
    if (contaminated) return void this.funnel.leftOut('contamination', contaminated);
    this.funnel.passed('contamination');
    const length = await this.#fitter.measure(sample);
    const facts = factsOf(candidate, source, length);
    const filtered = this.#filter(facts) ?? this.#partFilters.get(part)?.(facts);
    if (filtered) return void this.funnel.leftOut('filters', filtered);
    this.funnel.passed('filters');
    const fitted = await this.#fitter.fit(sample, length.tokens, this.#recipe);
    if ('reason' in fitted) return void this.funnel.leftOut('fit', fitted.reason);
    this.funnel.passed('fit');
    if (fitted.ratio < 1) this.funnel.changed('fit', 'cut');
    return { sample: fitted.sample, passed: toPassed(candidate, part, facts, fitted) };
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

  async #withoutSecrets(works: readonly Work[]): Promise<Work[]> {
    const { secrets: mode } = this.#recipe;
    const found = mode === 'keep' ? [] : await findSecrets(works.map((work) => work.candidate));
    return works.flatMap((work, index) => {
      const secrets = found[index] ?? [];
      if (secrets.length > 0 && mode === 'drop') {
        this.funnel.leftOut('secrets', secrets[0]?.kind ?? 'secret');
        return [];
      }
      const candidate = secrets.length > 0 ? redact(work.candidate, secrets) : work.candidate;
      const sample = secrets.length > 0 ? this.#format(candidate) : work.sample;
      if (!sample) {
        this.funnel.leftOut('secrets', 'unclear reasoning');
        return [];
      }
      this.funnel.passed('secrets');
      if (secrets.length > 0) this.funnel.changed('secrets', 'redacted');
      return [{ ...work, candidate, sample }];
    });
  }
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

import { add, byCount, type Tally } from '../tally.ts';

/** The steps of a recipe, in the one order in which they are taken. */
export const STEPS = [
  'read',
  'select',
  'format',
  'duplicates',
  'secrets',
  'contamination',
  'filters',
  'fit',
  'mix',
] as const;

/** For people: the order is fixed, so that a recipe means one thing. */
export const STEPS_HELP = `
Steps, always in this order:
  read           rows and files that cannot be read are named, and the rest goes on
  select         rollout, recall, exit status, repository, commit, language, topic, path
  format         reasoning mode and notation of the calls
  duplicates     equal patches, then near ones (MinHash over patch and pull request)
  secrets        keys, tokens, private keys, passwords in URLs, in any message or patch
  contamination  a benchmark's repository and commit, or n-grams of its problems and patches
  filters        patch lines, tool tokens, steps, tokens, files, expressions
  fit            tokens by the student's tokenizer and chat template; longer ones are dropped or cut
  mix            size and parts; whole samples first, then by what is left of them
  split          train, validation, held_out: everything of one function goes to one side
`;
export type StepName = (typeof STEPS)[number];

/** One step's account: what came in, what went out, and why the rest did not. */
export interface StepCount {
  readonly step: StepName;
  readonly in: number;
  readonly out: number;
  readonly left_out: Readonly<Record<string, number>>;
  /** What the step did to samples that it let pass. */
  readonly changed: Readonly<Record<string, number>>;
}

/** Counts what every step lets pass. */
export class Funnel {
  readonly #steps = new Map<StepName, { in: number; out: number; leftOut: Tally; changed: Tally }>();

  constructor() {
    for (const step of STEPS)
      this.#steps.set(step, { in: 0, out: 0, leftOut: new Map(), changed: new Map() });
  }

  passed(step: StepName): void {
    const count = this.#of(step);
    count.in += 1;
    count.out += 1;
  }

  leftOut(step: StepName, reason: string): void {
    const count = this.#of(step);
    count.in += 1;
    add(count.leftOut, reason);
  }

  changed(step: StepName, what: string): void {
    add(this.#of(step).changed, what);
  }

  counts(): StepCount[] {
    return STEPS.map((step) => {
      const { leftOut, changed, ...count } = this.#of(step);
      return { step, ...count, left_out: byCount(leftOut), changed: byCount(changed) };
    });
  }

  #of(step: StepName) {
    const count = this.#steps.get(step);
    if (!count) throw new Error(`no step ${step}`);
    return count;
  }
}

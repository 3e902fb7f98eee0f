import { Duplicates } from './duplicates.ts';
import { Funnel, STEPS, type StepName } from './funnel.ts';
import type { Taken, Verdict } from './judge.ts';
import type { Recipe } from './recipe.ts';

/** Puts the verdicts on candidates together, in the order of their source, and counts every step in the funnel. */
export class Steps {
  readonly funnel = new Funnel();
  readonly #duplicates: Duplicates;

  constructor(recipe: Recipe) {
    this.#duplicates = new Duplicates(recipe);
  }

  broken(): void {
    this.funnel.leftOut('read', 'broken');
  }

  /** @returns what was kept of a candidate that passed every step before the mixture */
  take<Kept>(verdict: Verdict<Kept>): Taken<Kept> | undefined {
    if (verdict.kind === 'left out') return this.#leaveOut(verdict.early.step, verdict.early.reason);
    const { fingerprint, changes, end } = verdict;
    const duplicate = fingerprint && this.#duplicates.check(fingerprint);
    if (duplicate) return this.#leaveOut('duplicates', duplicate);
    for (const { step, what } of changes) this.funnel.changed(step, what);
    if ('reason' in end) return this.#leaveOut(end.step, end.reason);
    this.#passUntil('mix');
    return end;
  }

  #leaveOut(step: StepName, reason: string): undefined {
    this.#passUntil(step);
    this.funnel.leftOut(step, reason);
  }

  #passUntil(end: StepName): void {
    for (const step of STEPS.slice(0, STEPS.indexOf(end))) this.funnel.passed(step);
  }
}

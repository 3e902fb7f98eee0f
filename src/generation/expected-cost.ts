import type { ModelPrice } from '../teacher/index.ts';

/**
 * Tokens of one rollout as published (arXiv 2601.20789, averages over about 35 calls): read from the prefix cache,
 * new in the prompt, answered.
 */
const ROLLOUT = { cached: 749_000, fresh: 24_300, output: 7_700 };

/** Self-review and pull request each read the steps of a rollout once and answer shortly. */
const READING = { cached: 0, fresh: 25_000, output: 600 };

/**
 * What a verified pair is expected to cost before anything is known of this repository: two rollouts, a self-review, a
 * pull request. The run's own average takes its place as soon as there is one.
 *
 * @returns US dollars; 0 where no price is known
 */
export function expectedPairCost(prices: readonly ModelPrice[]): number {
  const costs = prices.map((price) => 2 * costOf(ROLLOUT, price) + 2 * costOf(READING, price));
  return costs.length === 0 ? 0 : costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

function costOf(tokens: typeof ROLLOUT, price: ModelPrice): number {
  const { cached, fresh, output } = tokens;
  return (cached * price.cached + fresh * price.input + output * price.output) / 1_000_000;
}

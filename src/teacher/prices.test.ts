import { describe, expect, it } from 'vitest';
import { costOf, priceOf } from './prices.ts';

describe('the price of a model', () => {
  const sonnet = { input: 3, cached: 0.3, output: 15, priceKnown: true };
  const air = { input: 0.2, cached: 0.03, output: 1.1, priceKnown: true };
  const glm = { input: 0.6, cached: 0.11, output: 2.2, priceKnown: true };

  it.each([
    ['claude-3-7-sonnet-20250219', sonnet],
    ['claude-3-7-sonnet-latest', sonnet],
    ['anthropic/claude-3.7-sonnet', sonnet],
    ['anthropic/claude-3.7-sonnet:thinking', sonnet],
    ['us.anthropic.claude-3-7-sonnet-20250219-v1:0', sonnet],
    ['claude-3-7-sonnet@20250219', sonnet],
    ['GLM-4.5-Air', air],
    ['glm-4.5-air', air],
    ['zai-org/GLM-4.5-Air-FP8', air],
    ['z-ai/glm-4.6', glm],
    ['GLM-4.6', glm],
    ['openrouter/z-ai/glm-4.6', glm],
  ])('%s is published', (model, price) => {
    expect(priceOf(model)).toEqual(price);
  });

  it.each(['Qwen/Qwen3-32B', 'constructor', '', 'glm-4.6-my-finetune', 'claude'])(
    '%s is unknown, and free',
    (model) => {
      expect(priceOf(model)).toEqual({ input: 0, cached: 0, output: 0, priceKnown: false });
    },
  );

  it('is the one given where one is', () => {
    const own = { input: 0, cached: 0, output: 0 };
    expect(priceOf('zai-org/GLM-4.6', { 'GLM-4.6': own })).toEqual({ ...own, priceKnown: true });
    expect(priceOf('my-model', { 'my-model': { input: 1, cached: 1, output: 1 } }).input).toBe(1);
  });
});

it('the published figures of one trajectory: 35 calls, 749K cached, 24.3K new, 7.7K output', () => {
  const usage = { input: 773_300, cached: 749_000, output: 7_700, written: 0 };
  expect(costOf(priceOf('GLM-4.5-Air'), usage)).toBeCloseTo(0.0358, 4);
  expect(costOf(priceOf('GLM-4.6'), usage)).toBeCloseTo(0.1139, 4);
});

it('tokens put into a cache cost a quarter more', () => {
  const usage = { input: 1_000_000, cached: 0, output: 0, written: 1_000_000 };
  expect(costOf(priceOf('claude-3-7-sonnet'), usage)).toBeCloseTo(3.75);
});

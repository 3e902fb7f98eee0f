import type { TokenUsage } from './provider.ts';

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  /** Prompt tokens read from the endpoint's cache. */
  readonly cached: number;
  readonly output: number;
}

export interface ModelPrice extends Price {
  /** False where the model is in no table: it then counts as free, as a self-hosted one is. */
  readonly priceKnown: boolean;
}

/**
 * Published prices. Claude: platform.claude.com/docs/en/about-claude/pricing. GLM: docs.z.ai/guides/overview/pricing.
 * Keys are normalized names.
 */
const PUBLISHED: Readonly<Record<string, Price>> = {
  'claude-3-haiku': { input: 0.25, cached: 0.03, output: 1.25 },
  'claude-3-5-haiku': { input: 0.8, cached: 0.08, output: 4 },
  'claude-haiku-4-5': { input: 1, cached: 0.1, output: 5 },
  'claude-3-5-sonnet': { input: 3, cached: 0.3, output: 15 },
  'claude-3-7-sonnet': { input: 3, cached: 0.3, output: 15 },
  'claude-sonnet-4': { input: 3, cached: 0.3, output: 15 },
  'claude-sonnet-4-5': { input: 3, cached: 0.3, output: 15 },
  'claude-sonnet-4-6': { input: 3, cached: 0.3, output: 15 },
  'claude-opus-4': { input: 15, cached: 1.5, output: 75 },
  'claude-opus-4-1': { input: 15, cached: 1.5, output: 75 },
  'claude-opus-4-5': { input: 5, cached: 0.5, output: 25 },
  'claude-opus-4-6': { input: 5, cached: 0.5, output: 25 },
  'claude-opus-4-7': { input: 5, cached: 0.5, output: 25 },
  'claude-opus-4-8': { input: 5, cached: 0.5, output: 25 },
  'glm-4-5-air': { input: 0.2, cached: 0.03, output: 1.1 },
  'glm-4-5': { input: 0.6, cached: 0.11, output: 2.2 },
  'glm-4-6': { input: 0.6, cached: 0.11, output: 2.2 },
  'glm-4-7': { input: 0.6, cached: 0.11, output: 2.2 },
  'glm-5': { input: 1, cached: 0.2, output: 3.2 },
  'glm-5-turbo': { input: 1.2, cached: 0.24, output: 4 },
  'glm-5-1': { input: 1.4, cached: 0.26, output: 4.4 },
  'glm-5-2': { input: 1.4, cached: 0.26, output: 4.4 },
};

/** What a Claude endpoint takes for a token put into its five-minute cache, in prices of plain input. */
const CACHE_WRITE = 1.25;
const MILLION = 1_000_000;

/**
 * The price of a model by its name, from `overrides` or the published table. `zai-org/GLM-4.6-FP8`,
 * `z-ai/glm-4.6`, `GLM-4.6` are one model; `claude-3-7-sonnet-20250219`, `anthropic/claude-3.7-sonnet` another.
 */
export function priceOf(model: string, overrides: Readonly<Record<string, Price>> = {}): ModelPrice {
  const name = normalized(model);
  const own = Object.entries(overrides).find(([key]) => key === model || normalized(key) === name)?.[1];
  const price = own ?? (Object.hasOwn(PUBLISHED, name) ? PUBLISHED[name] : undefined);
  if (price === undefined) return { input: 0, cached: 0, output: 0, priceKnown: false };
  return { input: price.input, cached: price.cached, output: price.output, priceKnown: true };
}

function normalized(model: string): string {
  return model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/^([a-z]+\.)?anthropic\./, '')
    .replace(/:[a-z].*$/, '')
    .replace(/-v\d+(:\d+)?$/, '')
    .replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '')
    .replace(/-(fp8|fp16|bf16|awq|gptq|int4|int8|nvfp4)$/, '')
    .replaceAll('.', '-');
}

/** US dollars for one answer. */
export function costOf(price: Price, usage: TokenUsage): number {
  const plain = usage.input - usage.cached - usage.written;
  const input = plain * price.input + usage.cached * price.cached + usage.written * price.input * CACHE_WRITE;
  return (input + usage.output * price.output) / MILLION;
}

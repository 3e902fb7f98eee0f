import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { startProxy } from '../../src/proxy/index.ts';
import type { Fault } from '../servers/script.ts';
import { CLAUDE_TOOLS, OPENCODE_TOOLS, type Pair, startPair } from './setup.ts';

const LONG = { content: 'word '.repeat(60) };
const anthropic = ({ proxy }: Pair) => new Anthropic({ baseURL: proxy.url, apiKey: 'none', maxRetries: 0 });
const openai = ({ proxy }: Pair) => new OpenAI({ baseURL: `${proxy.url}/v1`, apiKey: 'none', maxRetries: 0 });
const question = {
  model: 'any',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Go' }],
  tools: CLAUDE_TOOLS,
};
const chat = { model: 'any', messages: [{ role: 'user' as const, content: 'Go' }], tools: OPENCODE_TOOLS };

async function failure(
  promise: Promise<unknown>,
): Promise<{ status?: number; message: string; error?: unknown }> {
  return promise.then(
    () => ({ message: 'no failure' }),
    (error) => error,
  );
}

const cases: [string, Fault, number | undefined, RegExp][] = [
  ['an error', { kind: 'status', status: 500, message: 'CUDA error' }, 502, /CUDA error/],
  ['an overload', { kind: 'status', status: 503, message: 'busy' }, 529, /overloaded/],
  ['a rate limit', { kind: 'status', status: 429, message: 'slow down' }, 429, /rate.limit/],
  ['a wrong key', { kind: 'status', status: 401, message: 'bad key' }, 401, /refused the proxy's key/],
  ['a bad request', { kind: 'status', status: 400, message: 'no such template' }, 400, /no such template/],
  [
    'a gateway’s page',
    { kind: 'status', status: 502, body: '<html><b>Bad gateway</b></html>' },
    502,
    /Bad gateway/,
  ],
  ['a reset', { kind: 'reset' }, 502, /cannot be reached/],
  ['silence', { kind: 'silence' }, 502, /nothing came/],
  ['a cut', { kind: 'cut', after: 5 }, undefined, /broke off/],
  ['an early end', { kind: 'truncated', after: 5 }, undefined, /broke off/],
  ['a stall', { kind: 'stall', after: 5 }, undefined, /broke off/],
  ['garbage', { kind: 'garbage', after: 5 }, undefined, /no completion/],
  [
    'an error in the stream',
    { kind: 'error-event', after: 5, code: 'x', message: 'engine died' },
    undefined,
    /engine died/,
  ],
];

describe('a model’s server with', () => {
  test.each(cases)(
    '%s is an error of the client’s protocol, and the next request is answered',
    async (_, fault, status, words) => {
      let broken = true;
      const script = { answer: () => LONG, fault: () => (broken ? fault : undefined) };
      await using pair = await startPair(script, { idleMs: 300 });
      const streamed = await failure(anthropic(pair).messages.stream(question).finalMessage());
      expect(streamed.message).toMatch(words);
      if (status !== undefined) expect(streamed.status).toBe(status);
      const whole = await failure(anthropic(pair).messages.create(question));
      expect(whole.message).toMatch(words);
      const other = await failure(
        openai(pair)
          .chat.completions.stream({ ...chat })
          .finalChatCompletion(),
      );
      expect(other.message).toMatch(words);
      broken = false;
      expect((await anthropic(pair).messages.stream(question).finalMessage()).content).toMatchObject([
        { text: LONG.content.trim() },
      ]);
    },
  );

  test('a cut tells what had been used', async () => {
    await using pair = await startPair({ answer: () => LONG, fault: () => ({ kind: 'cut', after: 20 }) });
    const { error } = await failure(anthropic(pair).messages.stream(question).finalMessage());
    expect(error).toMatchObject({ usage: { output_tokens: expect.any(Number) } });
  });
});

describe('a request that does not fit', () => {
  const overflow = (prompt: number, asked: number): Fault => ({
    kind: 'status',
    status: 400,
    message: `This model's maximum context length is 32768 tokens. However, you requested ${prompt + asked} tokens (${prompt} in the messages, ${asked} in the completion). Please reduce the length of the messages or completion.`,
  });

  test('is asked again for a shorter answer', async () => {
    const fault = ({ body }: { body: string }) =>
      JSON.parse(body).max_tokens > 12_000 ? overflow(20_000, JSON.parse(body).max_tokens) : undefined;
    await using pair = await startPair({ answer: () => LONG, fault });
    const message = await anthropic(pair)
      .messages.stream({ ...question, max_tokens: 32_000 })
      .finalMessage();
    expect(message.stop_reason).toBe('end_turn');
    expect(pair.upstream.requests.map(({ body }) => JSON.parse(body).max_tokens)).toEqual(
      [32_000, 32_768 - 20_000 - 16, 6376].slice(0, pair.upstream.requests.length),
    );
  });

  test('is told in the words that make a client shorten its history', async () => {
    await using pair = await startPair({ answer: () => LONG, fault: () => overflow(40_000, 1000) });
    const one = await failure(anthropic(pair).messages.stream(question).finalMessage());
    expect(one).toMatchObject({
      status: 400,
      message: expect.stringContaining('prompt is too long: 40000 tokens > 32768 maximum'),
    });
    const other = await failure(openai(pair).chat.completions.create(chat));
    expect(other).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });
});

test('a client that goes away takes its question back', async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.method === 'GET') return response.writeHead(404).end('{}');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(
      () => response.write('data: {"choices":[{"delta":{"content":"word "}}]}\n\n'),
      5,
    );
    response.on('close', () => {
      clearInterval(timer);
      closed.resolve();
    });
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = await startProxy({
    upstream: { url },
    host: '127.0.0.1',
    port: 0,
    profile: 'swe-agent',
    workdir: '/w',
    showThinking: true,
    passTools: [],
    silent: true,
  });
  const stream = new Anthropic({ baseURL: proxy.url, apiKey: 'none' }).messages.stream(question);
  const ended = stream.done().catch(() => {});
  await new Promise((resolve) => stream.once('text', resolve));
  stream.abort();
  await closed.promise;
  await ended;
  await proxy.close();
  server.close();
});

test('a silent model is bridged by pings', async () => {
  await using pair = await startPair(
    { answer: () => ({ content: 'Hi.' }), fault: () => ({ kind: 'slow', milliseconds: 80 }) },
    { pingMs: 20 },
  );
  const response = await fetch(`${pair.proxy.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify({ ...question, stream: true }),
  });
  expect(await response.text()).toContain('event: ping\ndata: {"type":"ping"}\n\n');
});

describe('who may ask', () => {
  test('another address than this machine’s needs a key', async () => {
    const settings = {
      upstream: { url: 'http://127.0.0.1:9' },
      host: '0.0.0.0',
      port: 0,
      profile: 'swe-agent' as const,
      workdir: '/w',
      showThinking: true,
      passTools: [],
    };
    await expect(startProxy(settings)).rejects.toThrow('give it a key');
  });

  test('a key is asked for, wherever the client shows it', async () => {
    await using pair = await startPair([{ content: 'Hi.' }], { key: 'right' });
    const status = async (headers: Record<string, string>) =>
      (
        await fetch(`${pair.proxy.url}/v1/messages`, {
          method: 'POST',
          headers,
          body: JSON.stringify(question),
        })
      ).status;
    expect(await status({})).toBe(401);
    expect(await status({ 'x-api-key': 'wrong' })).toBe(401);
    expect(await status({ 'x-api-key': 'right' })).toBe(200);
    expect(await status({ authorization: 'Bearer right' })).toBe(200);
    expect((await fetch(`${pair.proxy.url}/metrics`)).status).toBe(401);
  });
});

test('a web page cannot make a browser ask a proxy without a key', async () => {
  await using pair = await startPair([{ content: 'Hi.' }]);
  const headers = { origin: 'https://example.com', 'content-type': 'text/plain' };
  const init = { method: 'POST', headers, body: JSON.stringify(question) };
  expect((await fetch(`${pair.proxy.url}/v1/messages`, init)).status).toBe(403);
  expect(pair.upstream.requests).toHaveLength(0);
});

describe('a body', () => {
  test('that is too long is refused', async () => {
    await using pair = await startPair([], { bodyLimit: 1000 });
    const response = await fetch(`${pair.proxy.url}/v1/messages`, { method: 'POST', body: 'x'.repeat(5000) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'request_too_large' } });
  });

  test('of any kind is answered or refused, and harms nothing', async () => {
    await using pair = await startPair({ answer: () => ({ content: 'Hi.' }) });
    const post = (path: string, body: string) => fetch(pair.proxy.url + path, { method: 'POST', body });
    const block = fc.oneof(
      fc.record({ type: fc.constantFrom('text', 'thinking', 'tool_use', 'tool_result', 'image', 'x') }),
      fc.record({ type: fc.constant('text'), text: fc.string() }),
      fc.record({
        type: fc.constant('tool_use'),
        id: fc.constantFrom('a', 'b', 'sera_0123456789abcdef_replace_1'),
        name: fc.constantFrom('Bash', 'Read', 'Edit', 'Write', 'x', ''),
        input: fc.dictionary(fc.constantFrom('command', 'file_path', 'offset', 'old_string'), fc.anything(), {
          maxKeys: 3,
        }),
      }),
      fc.record({
        type: fc.constant('tool_result'),
        tool_use_id: fc.constantFrom('a', 'b', ''),
        content: fc.oneof(fc.string(), fc.constant(null)),
      }),
      fc.anything(),
    );
    const message = fc.record({
      role: fc.constantFrom('user', 'assistant', 'system', 'tool'),
      content: fc.oneof(fc.string(), fc.array(block, { maxLength: 4 })),
    });
    const request = fc.record({
      model: fc.string(),
      max_tokens: fc.constant(10),
      messages: fc.array(message, { maxLength: 5 }),
      tools: fc.constantFrom(CLAUDE_TOOLS, [], undefined),
      stream: fc.boolean(),
    });
    const body = fc.oneof(
      request.map((value) =>
        JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)),
      ),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.constantFrom('/v1/messages', '/v1/chat/completions', '/v1/messages/count_tokens'),
        async (text, path) => {
          const response = await post(path, text);
          const answer = await response.text();
          // Whatever the server refuses of it is the client's fault, never the proxy's.
          expect([200, 400]).toContain(response.status);
          expect(answer).not.toContain('The proxy failed');
        },
      ),
      { numRuns: 400 },
    );
    expect((await fetch(`${pair.proxy.url}/health`)).status).toBe(200);
  });
});

test('what happened is told to Prometheus, and nothing of what was said', async () => {
  await using pair = await startPair([{ content: 'A secret.' }]);
  await anthropic(pair).messages.create(question);
  const text = await (await fetch(`${pair.proxy.url}/metrics`)).text();
  expect(text).toMatch(/sera_proxy_requests_total\{route="\/v1\/messages",status="200"\} 1/);
  expect(text).toMatch(/sera_proxy_tokens_total\{type="input"\} [1-9]/);
  expect(text).toMatch(/sera_proxy_time_to_first_token_seconds_count 1/);
  expect(text).not.toContain('secret');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { startAnthropicServer } from './anthropic.ts';
import { startOpenAIServer } from './openai.ts';
import type { RunningServer, ScriptedAnswer } from './script.ts';

const answer: ScriptedAnswer = {
  content: 'Ich sehe nach: „Größe“ 😀.',
  reasoning: 'The file is large.',
  toolCalls: [
    { name: 'bash', arguments: { command: 'grep -n "größe" src/*.py' } },
    { name: 'bash', arguments: { command: 'ls' } },
  ],
};
const weather = { type: 'object' as const, properties: { command: { type: 'string' } } };

let server: RunningServer | undefined;
afterEach(() => server?.close());

describe('the OpenAI server, asked by the official client', () => {
  const client = (url: string, key = 'k') => new OpenAI({ baseURL: url, apiKey: key, maxRetries: 0 });
  const request = {
    model: 'GLM-4.6',
    messages: [{ role: 'user' as const, content: 'hi' }],
    tools: [{ type: 'function' as const, function: { name: 'bash', parameters: weather } }],
  };

  it.each([false, true])('streams an answer that the client puts together (sliced: %s)', async (sliced) => {
    server = await startOpenAIServer({ answer: () => answer, sliced });
    const stream = client(server.url).chat.completions.stream({
      ...request,
      stream_options: { include_usage: true },
    });
    const completion = await stream.finalChatCompletion();
    const message = completion.choices[0]?.message;
    expect(message?.content).toBe(answer.content);
    const calls = message?.tool_calls?.map((call) => ('function' in call ? call.function.arguments : ''));
    expect(calls).toEqual(answer.toolCalls?.map((call) => JSON.stringify(call.arguments)));
    expect(completion.choices[0]?.finish_reason).toBe('tool_calls');
    expect(completion.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('answers in one piece', async () => {
    server = await startOpenAIServer({ answer: () => answer });
    const completion = await client(server.url).chat.completions.create(request);
    expect(completion.choices[0]?.message.content).toBe(answer.content);
    expect(completion.choices[0]?.message).toHaveProperty('reasoning_content', answer.reasoning);
  });

  it('reports errors as the client knows them', async () => {
    server = await startOpenAIServer({
      answer: () => answer,
      key: 'right',
      model: 'served',
      fault: ({ index }) =>
        index === 0 ? { kind: 'status', status: 429, code: 'rate_limit_exceeded' } : undefined,
    });
    const { url } = server;
    await expect(client(url, 'right').chat.completions.create(request)).rejects.toThrow(
      OpenAI.RateLimitError,
    );
    await expect(client(url, 'wrong').chat.completions.create(request)).rejects.toThrow(
      OpenAI.AuthenticationError,
    );
    await expect(client(url, 'right').chat.completions.create(request)).rejects.toThrow(OpenAI.NotFoundError);
    const unanswered = [{ role: 'tool' as const, tool_call_id: 'x', content: '' }];
    const broken = { ...request, model: 'served', messages: unanswered };
    await expect(client(url, 'right').chat.completions.create(broken)).rejects.toThrow(
      OpenAI.BadRequestError,
    );
  });
});

describe('the Anthropic server, asked by the official client', () => {
  const client = (url: string, key = 'k') =>
    new Anthropic({ baseURL: new URL(url).origin, apiKey: key, maxRetries: 0 });
  const request = {
    model: 'claude-3-7-sonnet-20250219',
    max_tokens: 1000,
    messages: [{ role: 'user' as const, content: 'hi' }],
    tools: [{ name: 'bash', description: 'runs', input_schema: weather }],
  };

  it.each([false, true])('streams an answer that the client puts together (sliced: %s)', async (sliced) => {
    server = await startAnthropicServer({ answer: () => answer, sliced });
    const message = await client(server.url).messages.stream(request).finalMessage();
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: answer.reasoning },
      { type: 'text', text: answer.content },
      { type: 'tool_use', name: 'bash', input: answer.toolCalls?.[0]?.arguments },
      { type: 'tool_use', name: 'bash', input: answer.toolCalls?.[1]?.arguments },
    ]);
    expect(message.stop_reason).toBe('tool_use');
    expect(message.usage.output_tokens).toBeGreaterThan(1);
  });

  it('answers in one piece', async () => {
    server = await startAnthropicServer({ answer: () => answer });
    const message = await client(server.url).messages.create(request);
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    expect(message.content[3]).toHaveProperty('input', { command: 'ls' });
  });

  it('reports errors as the client knows them', async () => {
    server = await startAnthropicServer({
      answer: () => answer,
      key: 'right',
      fault: ({ index }) =>
        index === 0 ? { kind: 'status', status: 529, message: 'Overloaded' } : undefined,
    });
    const { url } = server;
    await expect(client(url, 'right').messages.create(request)).rejects.toThrow('overloaded_error');
    await expect(client(url, 'wrong').messages.create(request)).rejects.toThrow(
      Anthropic.AuthenticationError,
    );
    const messages = [{ role: 'assistant' as const, content: 'x' }];
    await expect(client(url, 'right').messages.create({ ...request, messages })).rejects.toThrow(
      Anthropic.BadRequestError,
    );
  });
});

it.each(['openai', 'anthropic'])('the %s server runs as a process of its own', async (name) => {
  const child = spawn(process.execPath, [`test/servers/${name}.ts`, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const headers = { 'anthropic-version': '2023-06-01' };
    const path = name === 'openai' ? '/chat/completions' : '/messages';
    const body = JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
    const response = await fetch(url + path, { method: 'POST', body, headers });
    expect(await response.text()).toContain('ok');
  } finally {
    child.kill();
  }
});

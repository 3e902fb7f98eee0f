import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type RunningProxy, startProxy } from '../../src/proxy/index.ts';
import { CLAUDE_TOOLS } from './setup.ts';

type Handler = (path: string, body: Record<string, unknown>, response: ServerResponse) => void;

/** A server with vLLM's other routes, and the proxy before it. */
async function startVllm(
  handler: Handler,
  key?: string,
): Promise<AsyncDisposable & { readonly proxy: RunningProxy; readonly seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    if (request.url === '/v1/models') {
      const data = [{ id: 'sera-32b', object: 'model', max_model_len: 32_768 }];
      response.end(JSON.stringify({ object: 'list', data }));
    } else handler(request.url ?? '', text === '' ? {} : JSON.parse(text), response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
  const settings = {
    profile: 'swe-agent' as const,
    workdir: '/w',
    showThinking: true,
    passTools: [],
    silent: true,
  };
  const proxy = await startProxy({ ...settings, upstream: { url, key }, host: '127.0.0.1', port: 0 });
  return {
    proxy,
    seen,
    async [Symbol.asyncDispose]() {
      await proxy.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

const post = ({ url }: RunningProxy, path: string, body: object) =>
  fetch(url + path, { method: 'POST', body: JSON.stringify(body) }).then((response) => response.json());
const question = {
  model: 'claude-opus',
  max_tokens: 32_000,
  messages: [{ role: 'user', content: 'Go' }],
  tools: CLAUDE_TOOLS,
};

function answer(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(
    'data: {"choices":[{"index":0,"delta":{"content":"Hi."},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  );
}

describe('a server like vLLM', () => {
  test('counts tokens with the model’s own tokenizer, of what the model would be sent', async () => {
    let counted: Record<string, unknown> = {};
    await using vllm = await startVllm((_, body, response) => {
      counted = body;
      response.end(JSON.stringify({ count: 1234, max_model_len: 32_768, tokens: [] }));
    });
    expect(await post(vllm.proxy, '/v1/messages/count_tokens', question)).toEqual({ input_tokens: 1234 });
    expect(counted).toMatchObject({ model: 'sera-32b', messages: [{ role: 'system' }, { role: 'user' }] });
    expect(JSON.stringify(counted.tools)).toContain('str_replace_editor');
  });

  test('is asked for the model that it serves, and not for more than that model can see', async () => {
    const asked: Record<string, unknown>[] = [];
    await using vllm = await startVllm((_, body, response) => {
      asked.push(body);
      answer(response);
    });
    await post(vllm.proxy, '/v1/messages', { ...question, max_tokens: 40_000 });
    await post(vllm.proxy, '/v1/messages', { ...question, max_tokens: 500 });
    expect(asked.map(({ model, max_tokens }) => [model, max_tokens])).toEqual([
      ['sera-32b', undefined],
      ['sera-32b', 500],
    ]);
  });

  test('is shown its key', async () => {
    await using vllm = await startVllm((_path, _body, response) => answer(response), 'secret');
    await post(vllm.proxy, '/v1/messages', question);
    expect(vllm.seen).toEqual(['GET /v1/models Bearer secret', 'POST /v1/chat/completions Bearer secret']);
  });

  test('that answers in one piece, or counts nothing, is understood', async () => {
    await using vllm = await startVllm((_path, _body, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const message = {
        role: 'assistant',
        content: 'Hi.',
        tool_calls: [{ id: 'a', function: { name: 'bash', arguments: { command: 'ls /testbed' } } }],
      };
      response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }));
    });
    const message = await post(vllm.proxy, '/v1/messages', question);
    expect(message).toMatchObject({
      content: [
        { type: 'text', text: 'Hi.' },
        { type: 'tool_use', name: 'Bash', input: { command: 'ls /w' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: expect.toSatisfy((count) => count > 100) },
    });
  });
});

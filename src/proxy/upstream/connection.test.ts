import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Connection, readText } from './connection.ts';

/** A server that says what it was sent, over how many connections. */
async function startEcho(): Promise<AsyncDisposable & { readonly address: string; connections(): number }> {
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
  server.on('connection', () => {
    count += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const open = (origin: string, key?: string) => new Connection(origin, key, 10_000);
const never = () => new AbortController().signal;

test('a request says where it goes and what it shows, over one connection', async () => {
  await using echo = await startEcho();
  const connection = open(`http://${echo.address}/base/`, 'secret');
  const said: unknown[] = [];
  for (const body of ['{"a":"é"}', undefined]) {
    const { status, message } = await connection.send('/v1/x', body, never());
    expect(status).toBe(200);
    said.push(JSON.parse(await readText(message)));
  }
  connection.close();
  const headers = { host: echo.address, authorization: 'Bearer secret' };
  expect(said).toMatchObject([
    { method: 'POST', url: '/base/v1/x', body: '{"a":"é"}', headers: { ...headers, 'content-length': '10' } },
    { method: 'GET', url: '/base/v1/x', body: '', headers },
  ]);
  expect(echo.connections()).toBe(1);
});

test('a name and password in the address are shown where there is no key', async () => {
  await using echo = await startEcho();
  const connection = open(`http://me:p%40ss@${echo.address}`);
  const { message } = await connection.send('/', undefined, never());
  const { headers } = JSON.parse(await readText(message));
  connection.close();
  expect(headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});

test('a question that was taken back is not asked', async () => {
  await using echo = await startEcho();
  const connection = open(`http://${echo.address}`);
  const gone = AbortSignal.abort(new Error('gone'));
  await expect(connection.send('/', '{}', gone)).rejects.toThrow('gone');
  connection.close();
  expect(echo.connections()).toBe(0);
});

import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type ProxySettings, type RunningProxy, startProxy } from '../../src/proxy/index.ts';

const CHUNK = 'x'.repeat(16_000);
const CHUNKS = 1500;

/** A model's server that says 24 MB as fast as it is read, and knows how much of that has been taken off it. */
class Talker {
  taken = 0;
  requests = 0;
  isLeft = false;
  readonly server: Server;

  constructor() {
    this.server = createServer(async (request, response) => {
      if (request.method === 'GET') return void response.writeHead(404).end();
      this.requests += 1;
      request.resume();
      response.on('close', () => {
        this.isLeft = !response.writableFinished;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const event = (delta: object, finish: string | null) =>
        `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      for (let sent = 0; sent < CHUNKS && !response.destroyed; sent += 1) {
        const isRoom = response.write(event({ content: CHUNK }, null));
        if (!isRoom) await drained(response);
        this.taken = response.socket?.bytesWritten ?? this.taken;
      }
      response.end(`${event({}, 'stop')}data: [DONE]\n\n`);
    });
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(
  settings: Partial<ProxySettings> = {},
): Promise<{ talker: Talker; proxy: RunningProxy; port: number }> {
  const talker = new Talker();
  talker.server.listen(0, '127.0.0.1');
  await once(talker.server, 'listening');
  open.push({
    close: () => {
      talker.server.closeAllConnections();
      talker.server.close();
    },
  });
  const { port } = talker.server.address() as AddressInfo;
  const proxy = await startProxy({
    upstream: { url: `http://127.0.0.1:${port}`, model: 'any' },
    host: '127.0.0.1',
    port: 0,
    profile: 'native',
    workdir: undefined,
    showThinking: true,
    passTools: [],
    silent: true,
    ...settings,
  });
  open.push(proxy);
  return { talker, proxy, port: Number(new URL(proxy.url).port) };
}

const BODY = JSON.stringify({ model: 'any', stream: true, messages: [{ role: 'user', content: 'Hi' }] });

function head(length: number | 'chunked'): string {
  const size = length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`;
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${size}\r\n\r\n`;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  open.push({ close: () => socket.destroy() });
  return socket;
}

/** Everything until the end of a chunked answer, or of the connection. */
async function read(socket: Socket): Promise<string> {
  const pieces: string[] = [];
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    pieces.push(piece);
    if (pieces.slice(-2).join('').endsWith('\r\n0\r\n\r\n')) socket.end();
  });
  socket.resume();
  await once(socket, 'close');
  return pieces.join('');
}

/** What has been taken, when that has not changed for a while. */
async function settled(talker: Talker): Promise<number> {
  for (let before = -1; before !== talker.taken || talker.taken === 0; ) {
    before = talker.taken;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return talker.taken;
}

async function isWell({ proxy, talker }: { proxy: RunningProxy; talker: Talker }): Promise<boolean> {
  const before = talker.requests;
  const response = await fetch(`${proxy.url}/v1/chat/completions`, { method: 'POST', body: BODY });
  await response.body?.cancel();
  return response.status === 200 && talker.requests === before + 1;
}

describe('a client that', () => {
  test('reads slowly holds the model back, and gets all of its answer', async () => {
    const { talker, port } = await start();
    const socket = await dial(port);
    socket.pause();
    socket.write(head(BODY.length) + BODY);
    // What lies in the buffers of two connections; the proxy has kept the rest from coming.
    expect(await settled(talker)).toBeLessThan(14_000_000);
    const text = await read(socket);
    expect(text).toContain('data: [DONE]');
    expect(text.split(CHUNK.slice(0, 8000)).length - 1).toBeGreaterThanOrEqual(CHUNKS);
  }, 30_000);

  test('never reads is given up, and its question taken back', async () => {
    const started = await start({ stallMs: 300 });
    const socket = await dial(started.port);
    socket.pause();
    socket.write(head(BODY.length) + BODY);
    await expect.poll(() => started.talker.isLeft, { timeout: 10_000 }).toBe(true);
    expect(started.talker.taken).toBeLessThan(14_000_000);
    expect(await isWell(started)).toBe(true);
  }, 30_000);

  test('goes away in the middle of its request harms nothing', async () => {
    const started = await start();
    const socket = await dial(started.port);
    socket.write(head(BODY.length) + BODY.slice(0, 20));
    socket.destroy();
    expect(await isWell(started)).toBe(true);
    expect(started.talker.requests).toBe(1);
    const metrics = await (await fetch(`${started.proxy.url}/metrics`)).text();
    expect(metrics).toMatch(/sera_proxy_open_requests [01]\n/);
  });

  test('sends its request a byte at a time is not waited for', async () => {
    const started = await start({ requestMs: 400 });
    const socket = await dial(started.port);
    socket.write(head(BODY.length));
    const drip = setInterval(() => socket.write(' '), 100);
    const answer = await read(socket);
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(await isWell(started)).toBe(true);
    expect(started.talker.requests).toBe(1);
  }, 10_000);

  test.each(['chunked', 5000] as const)('sends too long a body (%s) is refused', async (length) => {
    const started = await start({ bodyLimit: 2000 });
    const socket = await dial(started.port);
    const body = ' '.repeat(5000);
    socket.write(head(length) + (length === 'chunked' ? `${(5000).toString(16)}\r\n${body}\r\n` : body));
    const answer = await read(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('The body of the request is longer than 2000 bytes.');
    expect(await isWell(started)).toBe(true);
  });
});

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const FIRST_DELTAS = 300;
const PEER_DELTAS = 40;
/** Requests before any is counted: a proxy is started once, and compiled as it runs. */
const WARM_UP = 300;
const PEER_WARM_UP = 10;
const STREAMS = 200;
const DELTAS = 1000;
const EVERY_MS = 10;
const REQUESTS = Number(process.env.BENCH_PROXY_REQUESTS ?? 100_000);
const CLOCK_TICKS = 100;

/**
 * The proxy as its own process, between a client in this one and a server in a third whose words are the time: what
 * it adds to the first of them, how old words get under load, and its memory over many requests. Beside it the
 * published proxy, where Python can install it.
 */
export async function benchProxy(): Promise<Record<string, unknown>> {
  const port = await freePort();
  const upstream = await start([join(import.meta.dirname, 'proxy-upstream.ts'), String(port)]);
  const url = `http://127.0.0.1:${port}`;
  try {
    const direct = await firstDeltas(`${url}/v1/chat/completions`, FIRST_DELTAS, chatBody('paced-10-5'));
    const first = await withProxy(url, 'paced-10-5', (proxy) => firstDeltas(proxy.url, FIRST_DELTAS, BODY));
    return {
      first_delta_ms: { direct: spread(direct), proxy: spread(first), added: added(first, direct) },
      published_proxy: await peer(url, direct),
      load: await withProxy(url, `paced-${DELTAS}-${EVERY_MS}`, underLoad),
      load_without_proxy: await load(`${url}/v1/chat/completions`, chatBody(`paced-${DELTAS}-${EVERY_MS}`)),
      memory: await withProxy(url, 'paced-1-0', manyRequests),
    };
  } finally {
    upstream.kill();
  }
}

interface Target {
  readonly url: string;
  readonly pid: number;
}

async function withProxy<T>(
  upstream: string,
  model: string,
  measure: (proxy: Target) => Promise<T>,
): Promise<T> {
  const port = await freePort();
  const main = JSON.stringify(join(root, 'src/cli/main.ts'));
  const entry = `import(${main}).then(({ main }) => main(process.argv.slice(1)))`;
  const options = [
    '--upstream',
    upstream,
    '--model',
    model,
    '--workdir',
    '/home/user/repo',
    '--port',
    String(port),
  ];
  const child = await start(['-e', entry, '--', 'proxy', ...options]);
  try {
    return await measure({ url: `http://127.0.0.1:${port}/v1/messages`, pid: child.pid ?? 0 });
  } finally {
    child.kill();
    await once(child, 'close');
  }
}

/** Claude Code's requests are about this long: tools, a prompt, and a history of 40 calls. */
const BODY = JSON.stringify({
  model: 'any',
  max_tokens: 4000,
  stream: true,
  system: 'x'.repeat(20_000),
  tools: [
    tool('Bash', ['command']),
    tool('Read', ['file_path', 'offset', 'limit']),
    tool('Edit', ['file_path', 'old_string', 'new_string']),
    tool('Write', ['file_path', 'content']),
  ],
  messages: [
    { role: 'user', content: 'Fix /home/user/repo/a.py' },
    ...Array.from({ length: 40 }, (_, index) => step(index)).flat(),
  ],
});

function tool(name: string, parameters: readonly string[]): object {
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter, { type: 'string' }]));
  return { name, description: 'y'.repeat(3000), input_schema: { type: 'object', properties } };
}

function step(index: number): object[] {
  const id = `toolu_${index}`;
  const input = { command: `cd /home/user/repo && cat "src/file${index}.py" | head -n 20` };
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id, name: 'Bash', input },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: id, content: `/home/user/repo/src/file${index}.py\n`.repeat(20) },
      ],
    },
  ];
}

function chatBody(model: string): string {
  return JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'z'.repeat(50_000) }] });
}

const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
const WORD = /"(?:text|content)": ?" ?(\d+\.\d+)/g;

/** Sends a request and calls back with every word's time; comes back when the answer has ended. */
function stream(url: string, body: string, onWord: (time: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        for (const match of text.matchAll(WORD)) onWord(Number(match[1]));
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Milliseconds from a request to the first word of its answer, one request after the other. */
async function firstDeltas(url: string, count: number, body: string, warmUp = WARM_UP): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count + warmUp; index += 1) {
    const started = performance.now();
    let first: number | undefined;
    await stream(url, body, () => {
      first ??= performance.now() - started;
    });
    if (index >= warmUp) times.push(first ?? Number.NaN);
  }
  return times;
}

async function underLoad({ url, pid }: Target): Promise<object> {
  const [before, started] = [cpuSeconds(pid), performance.now()];
  const age = await load(url, BODY);
  const seconds = (performance.now() - started) / 1000;
  return { ...age, share_of_one_core: round((cpuSeconds(pid) - before) / seconds) };
}

/** Many streams at once: how old words are when they arrive, in milliseconds. */
async function load(url: string, body: string): Promise<object> {
  const ages: number[] = [];
  const started = performance.now();
  const streams = Array.from({ length: STREAMS }, () =>
    stream(url, body, (time) => ages.push(performance.timeOrigin + performance.now() - time)),
  );
  await Promise.all(streams);
  const seconds = (performance.now() - started) / 1000;
  return {
    streams: STREAMS,
    deltas_a_second: Math.round(ages.length / seconds),
    seconds: round(seconds),
    age_ms: spread(ages),
  };
}

async function manyRequests({ url, pid }: Target): Promise<object> {
  const body = JSON.stringify({
    model: 'any',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  const memory: number[] = [];
  const started = performance.now();
  let sent = 0;
  const work = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent += 1;
      if (sent % (REQUESTS / 10) === 0) memory.push(memoryMib(pid));
      await stream(url, body, () => {});
    }
  };
  await Promise.all(Array.from({ length: 64 }, work));
  const seconds = (performance.now() - started) / 1000;
  return {
    requests: REQUESTS,
    requests_a_second: Math.round(REQUESTS / seconds),
    resident_mib_each_tenth: memory,
  };
}

/** The published proxy, installed in an environment of its own; it listens on all interfaces while it runs. */
async function peer(upstream: string, direct: readonly number[]): Promise<object> {
  const place = process.env.SERA_PEER ?? join(root, 'node_modules/.cache/ai2-sera-cli');
  try {
    if (!existsSync(join(place, 'bin/sera'))) {
      execFileSync('python3', ['-m', 'venv', place], { stdio: 'ignore' });
      execFileSync(join(place, 'bin/pip'), ['install', '-q', 'ai2-sera-cli==0.1.3'], {
        stdio: 'ignore',
        timeout: 240_000,
      });
    }
  } catch {
    return { skipped: 'ai2-sera-cli cannot be installed here' };
  }
  const port = await freePort();
  const options = [
    '--proxy-only',
    '--endpoint',
    `${upstream}/v1/chat/completions`,
    '--model',
    'paced-10-5',
    '--port',
    String(port),
  ];
  const child = spawn(join(place, 'bin/sera'), options, { stdio: 'ignore' });
  try {
    await reachable(port);
    const times = await firstDeltas(`http://127.0.0.1:${port}/v1/messages`, PEER_DELTAS, BODY, PEER_WARM_UP);
    return { version: '0.1.3', first_delta_ms: spread(times), added: added(times, direct) };
  } finally {
    child.kill('SIGKILL');
  }
}

async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the published proxy did not start');
}

async function start(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
}

function memoryMib(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}

function spread(values: readonly number[]): { median: number; p99: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}

function added(times: readonly number[], direct: readonly number[]): { median: number; p99: number } {
  const [a, b] = [spread(times), spread(direct)];
  return { median: round(a.median - b.median), p99: round(a.p99 - b.median) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  added,
  BODY,
  chatBody,
  firstDeltas,
  load,
  round,
  type Spread,
  spread,
  stream,
} from './proxy-load.ts';

const root = join(import.meta.dirname, '..');
const ROUNDS = 5;
const FIRST_DELTAS = 150;
const PEER_DELTAS = 40;
/** Requests before any is counted: a proxy is started once, and compiled as it runs. */
const WARM_UP = 300;
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
    const chat = `${url}/v1/chat/completions`;
    const rounds = await withProxy(url, 'paced-5-10', (proxy) => inRounds(chat, proxy.url));
    const direct = rounds.map((round) => round.direct);
    return {
      first_delta_ms: {
        direct: typical(direct),
        proxy: typical(rounds.map(({ proxy }) => proxy)),
        added: typical(rounds.map(({ added }) => added)),
        added_in_the_quietest_round: rounds.map(({ added }) => added).toSorted((a, b) => a.p99 - b.p99)[0],
      },
      published_proxy: await peer(url, typical(direct)),
      load: await withProxy(url, `paced-${DELTAS}-${EVERY_MS}`, underLoad),
      load_without_proxy: await load(chat, chatBody(`paced-${DELTAS}-${EVERY_MS}`)),
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

interface Round {
  readonly direct: Spread;
  readonly proxy: Spread;
  readonly added: Spread;
}

/** One after the other in each of several rounds, since machines are not quiet. */
async function inRounds(direct: string, proxy: string): Promise<Round[]> {
  await firstDeltas(proxy, WARM_UP, BODY);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const without = spread(await firstDeltas(direct, FIRST_DELTAS, chatBody('paced-5-10')));
    const through = spread(await firstDeltas(proxy, FIRST_DELTAS, BODY));
    rounds.push({ direct: without, proxy: through, added: added(through, without) });
  }
  return rounds;
}

/** The median of each figure over the rounds. */
function typical(rounds: readonly Spread[]): Spread {
  const middle = (values: readonly number[]) => spread(values).median;
  return { median: middle(rounds.map(({ median }) => median)), p99: middle(rounds.map(({ p99 }) => p99)) };
}

async function underLoad({ url, pid }: Target): Promise<object> {
  const [before, started] = [cpuSeconds(pid), performance.now()];
  const age = await load(url, BODY);
  const seconds = (performance.now() - started) / 1000;
  return { ...age, share_of_one_core: round((cpuSeconds(pid) - before) / seconds) };
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
async function peer(upstream: string, direct: Spread): Promise<object> {
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
    'paced-5-10',
    '--port',
    String(port),
  ];
  const child = spawn(join(place, 'bin/sera'), options, { stdio: 'ignore' });
  try {
    await reachable(port);
    const address = `http://127.0.0.1:${port}/v1/messages`;
    await firstDeltas(address, PEER_DELTAS, BODY);
    const times = spread(await firstDeltas(address, PEER_DELTAS, BODY));
    return { version: '0.1.3', first_delta_ms: times, added: added(times, direct) };
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

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { historyBody } from './proxy-history.ts';
import {
  added,
  chatBody,
  firstDelta,
  load,
  round,
  type Spread,
  STREAMS,
  spread,
  stream,
  translatedLength,
} from './proxy-load.ts';

const root = join(import.meta.dirname, '..');
/** Conversations, and the turns of each, all of which are asked for, one after the other. */
const SESSIONS = Number(process.env.BENCH_PROXY_SESSIONS ?? 40);
const TURNS = 50;
/** From here on a turn is counted as a late one too. */
const LATE = 26;
/** Sessions before any is counted: a proxy is started once, and compiled as it runs. */
const WARM_UP = 12;
const DELTAS = 1000;
const EVERY_MS = 10;
const REQUESTS = Number(process.env.BENCH_PROXY_REQUESTS ?? 100_000);
const CLOCK_TICKS = 100;

/**
 * The proxy as its own process, between a client in this one and a server in a third whose words are the time: what
 * it adds to the first of them, how old words get under load, and its memory over many requests. Beside it the
 * published proxy, where Python can install it, and the server alone: each request goes to all of them in turn.
 */
export async function benchProxy(): Promise<Record<string, unknown>> {
  const port = await freePort();
  const upstream = await start([join(import.meta.dirname, 'proxy-upstream.ts'), String(port)]);
  const url = `http://127.0.0.1:${port}`;
  const paced = `paced-${DELTAS}-${EVERY_MS}`;
  try {
    return {
      first_delta_ms: await withPeer(url, (peer) =>
        withPass(url, (pass) =>
          withProxy(url, 'paced-5-10', (proxy) =>
            firstDeltas({ direct: `${url}/v1/chat/completions`, pass, proxy: proxy.url, peer }),
          ),
        ),
      ),
      load: await withProxy(url, paced, underLoad),
      load_without_proxy: await load(`${url}/v1/chat/completions`, () => chatBody(paced)),
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

interface Addresses {
  readonly direct: string;
  readonly pass: string;
  readonly proxy: string;
  readonly peer: string | undefined;
}

/** Machines are not quiet: whatever disturbs one of a turn's requests is as likely to disturb the others. */
async function firstDeltas({ direct, pass, proxy, peer }: Addresses): Promise<object> {
  for (let session = 0; session < WARM_UP; session += 1) {
    for (let turn = 1; turn <= TURNS; turn += 1)
      for (const url of [proxy, pass]) await firstDelta(url, historyBody(-1 - session, turn));
  }
  const whole = new Times();
  const late = new Times();
  const unseen: number[] = [];
  for (let session = 0; session < SESSIONS; session += 1) {
    for (let turn = 1; turn <= TURNS; turn += 1) {
      const body = historyBody(session, turn);
      const alone = chatBody('paced-5-10', translatedLength(body.length));
      const times = {
        direct: await firstDelta(direct, alone),
        pass: await firstDelta(pass, body),
        proxy: await firstDelta(proxy, body),
        ...(peer && session % 10 === 0 ? { peer: await firstDelta(peer, body) } : {}),
      };
      for (const kind of turn < LATE ? [whole] : [whole, late]) kind.add(times);
    }
    unseen.push(await firstDelta(proxy, historyBody(SESSIONS + session, TURNS)));
  }
  return {
    whole_sessions: whole.figures(),
    [`turns_${LATE}_to_${TURNS}`]: late.figures(),
    [`turn_${TURNS}_where_the_proxy_never_saw_the_history`]: late.besides(unseen),
    published_proxy: peer ? PEER : `${PEER} cannot be installed here`,
  };
}

/** Times of the same requests, by who was asked. */
class Times {
  readonly #of = new Map<string, number[]>();

  add(times: Readonly<Record<string, number>>): void {
    for (const [who, time] of Object.entries(times)) {
      const known = this.#of.get(who);
      if (known) known.push(time);
      else this.#of.set(who, [time]);
    }
  }

  figures(): object {
    const all = [...this.#of].map(([who, values]) => [who, this.besides(values)]);
    return { requests: this.#of.get('direct')?.length, ...Object.fromEntries(all) };
  }

  /** What takes so long, and what of it the model's server alone does not take. */
  besides(values: readonly number[]): { time: Spread; added: Spread } {
    const time = spread(values);
    return { time, added: added(time, spread(this.#of.get('direct') ?? [])) };
  }
}

/** As many tools as there are streams, all in the middle of their work. */
async function underLoad({ url, pid }: Target): Promise<object> {
  for (let session = 0; session < STREAMS; session += 1)
    await firstDelta(url, historyBody(session, TURNS - 1, 1));
  const [before, started] = [cpuSeconds(pid), performance.now()];
  const age = await load(url, (index) => historyBody(index, TURNS));
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

async function withPass<T>(upstream: string, measure: (url: string) => Promise<T>): Promise<T> {
  const port = await freePort();
  const child = await start([join(import.meta.dirname, 'proxy-pass.ts'), String(port), upstream]);
  try {
    return await measure(`http://127.0.0.1:${port}/v1/messages`);
  } finally {
    child.kill();
  }
}

const PEER = 'ai2-sera-cli 0.1.3';

/** The published proxy, installed in an environment of its own; it listens on all interfaces while it runs. */
async function withPeer<T>(upstream: string, measure: (peer: string | undefined) => Promise<T>): Promise<T> {
  const place = process.env.SERA_PEER ?? join(root, 'node_modules/.cache/ai2-sera-cli');
  if (!installed(place)) return measure(undefined);
  const port = await freePort();
  const endpoint = ['--endpoint', `${upstream}/v1/chat/completions`, '--model', 'paced-5-10'];
  const options = ['--proxy-only', ...endpoint, '--port', String(port)];
  const child = spawn(join(place, 'bin/sera'), options, { stdio: 'ignore' });
  try {
    await reachable(port);
    return await measure(`http://127.0.0.1:${port}/v1/messages`);
  } finally {
    child.kill('SIGKILL');
  }
}

function installed(place: string): boolean {
  if (existsSync(join(place, 'bin/sera'))) return true;
  try {
    execFileSync('python3', ['-m', 'venv', place], { stdio: 'ignore' });
    const options = { stdio: 'ignore', timeout: 240_000 } as const;
    execFileSync(join(place, 'bin/pip'), ['install', '-q', PEER.replace(' ', '==')], options);
    return true;
  } catch {
    return false;
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

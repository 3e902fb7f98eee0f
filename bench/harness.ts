import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits, openAgent, type ProfileName } from '../src/agent/index.ts';
import { DEFAULT_LIMITS, openSandboxes, type Sandbox } from '../src/sandbox/index.ts';
import type { Answer, Conversation } from '../src/teacher/index.ts';

const CONCURRENCY = [1, 16, 64];
const ROUNDS = 5;
/** Of one measurement in one round. */
const MILLISECONDS = 700;
/** Until all loops of bare shells are under way. */
const SETTLE_MILLISECONDS = 500;
const STEPS = 115;
const MEMORY_ROLLOUTS = 32;
const MIB = 2 ** 20;

/**
 * The loop with its tools in real sandboxes and a teacher in this process that answers at once. The patch at a
 * rollout's end is left out of the steps' rate; the sandbox's own benchmark measures it.
 */
export async function benchHarness(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'sera-bench-'));
  const sandboxes = await openSandboxes({
    kind: 'auto',
    limits: DEFAULT_LIMITS,
    network: false,
    work: join(folder, 'work'),
    allowHost: true,
  });
  try {
    const tree = makeTree(join(folder, 'tree'));
    const open = (count: number) => Promise.all(Array.from({ length: count }, () => sandboxes.open(tree)));
    const rates = [];
    for (const concurrency of CONCURRENCY) {
      const places = await open(concurrency);
      rates.push({ concurrency, ...(await medianRates(places)) });
      await Promise.all(places.map((sandbox) => sandbox.close()));
    }
    return { sandbox: sandboxes.kind, rates, memory: await memory(await open(MEMORY_ROLLOUTS)) };
  } finally {
    await sandboxes.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The medians of several rounds, in each of which all three are measured, since machines are not quiet. */
async function medianRates(sandboxes: readonly Sandbox[]): Promise<Record<string, number>> {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await bareRate(sandboxes.length);
    rounds.push({
      bare,
      mini: await stepRate('mini', sandboxes),
      swe: await stepRate('swe-agent', sandboxes),
    });
  }
  return {
    bare_bash_per_second: median(rounds.map(({ bare }) => bare)),
    mini_steps_per_second: median(rounds.map(({ mini }) => mini)),
    swe_agent_steps_per_second: median(rounds.map(({ swe }) => swe)),
  };
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

/** Fresh shells a second that this machine starts, from loops in bash itself, counted once all of them run. */
async function bareRate(loops: number): Promise<number> {
  const start = (Date.now() + SETTLE_MILLISECONDS) * 1000;
  const end = start + MILLISECONDS * 1000;
  const script = `n=0; while t=\${EPOCHREALTIME/./}; ((t < ${end})); do bash -c true; n=$((n + (t >= ${start}))); done; echo $n`;
  const counts = await Promise.all(
    Array.from({ length: loops }, async () => {
      const process = spawn('bash', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      process.stdout.on('data', (chunk: Buffer) => {
        output += chunk;
      });
      await once(process, 'close');
      return Number(output);
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0) / (MILLISECONDS / 1000);
}

/** Steps of `true` a second of rollouts of the usual length, one after the other in each sandbox. */
async function stepRate(profile: ProfileName, sandboxes: readonly Sandbox[]): Promise<number> {
  const agent = openAgent(profile);
  const began = performance.now();
  const end = began + MILLISECONDS;
  const steps = await Promise.all(
    sandboxes.map(async (sandbox) => {
      let count = 0;
      while (performance.now() < end) {
        const { steps } = await agent.rollout({
          sandbox: withoutPatch(sandbox),
          conversation: answering('true'),
          instruction: 'Run commands.',
          limits: { ...defaultLimits(profile), steps: STEPS },
        });
        count += steps;
      }
      return count;
    }),
  );
  return steps.reduce((sum, count) => sum + count, 0) / ((performance.now() - began) / 1000);
}

/** What each rollout takes in the middle of its way, with 60 observations of 5,000 characters behind it. */
async function memory(sandboxes: readonly Sandbox[]): Promise<Record<string, number>> {
  const halt = Promise.withResolvers<void>();
  const before = process.memoryUsage().rss;
  const halted = sandboxes.map((sandbox) => {
    const arrived = Promise.withResolvers<void>();
    const rollout = openAgent('swe-agent').rollout({
      sandbox: withoutPatch(sandbox),
      conversation: answering("printf '%5000s' x", 60, () => {
        arrived.resolve();
        return halt.promise;
      }),
      instruction: 'Run commands.',
      limits: { ...defaultLimits('swe-agent'), steps: 61 },
    });
    return { rollout, arrived: arrived.promise };
  });
  await Promise.all(halted.map(({ arrived }) => arrived));
  const own = (process.memoryUsage().rss - before) / MIB / sandboxes.length;
  const processes = descendants(process.pid).reduce((sum, pid) => sum + proportionalSize(pid), 0);
  halt.resolve();
  await Promise.all(halted.map(({ rollout }) => rollout));
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  return {
    rollouts: sandboxes.length,
    node_mib_per_rollout: round(own),
    sandbox_mib_per_rollout: round(processes / MIB / sandboxes.length),
  };
}

/** A teacher that asks for the same command each time. */
function answering(command: string, pauseAt = -1, pause = () => Promise.resolve()): Conversation {
  let asked = 0;
  return {
    async ask(): Promise<Answer> {
      asked += 1;
      if (asked === pauseAt) await pause();
      const call = { id: `call_${asked}`, name: 'bash', arguments: JSON.stringify({ command }) };
      return {
        message: { role: 'assistant', content: 'Next.', toolCalls: [call] },
        model: 'none',
        usage: { input: 0, cached: 0, output: 0 },
        costUsd: 0,
        latencyMs: 0,
        retries: 0,
        finish: 'tool_calls',
      };
    },
    close() {},
  };
}

function withoutPatch(sandbox: Sandbox): Sandbox {
  const { kind, files } = sandbox;
  return {
    kind,
    files,
    shell: (command, options) => sandbox.shell(command, options),
    run: (command, options) => sandbox.run(command, options),
    patch: () => Promise.resolve(''),
    close: () => sandbox.close(),
  };
}

function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? readProc(`${entry}/stat`) : '';
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || belongs(parents.get(pid)));
  return [...parents.keys()].filter((pid) => pid !== root && belongs(pid));
}

/** Bytes, with pages that several processes share counted in parts. */
function proportionalSize(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readProc(`${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

function makeTree(tree: string): string {
  mkdirSync(tree, { recursive: true });
  for (let file = 0; file < 100; file += 1) writeFileSync(join(tree, `file-${file}.py`), `x = ${file}\n`);
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', tree, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args]);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'start');
  return tree;
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

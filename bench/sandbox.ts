import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openSandboxes, type Sandbox, type SandboxProvider } from '../src/sandbox/index.ts';

const READY_FILES = 1500;
const PATCH_FILES = 2000;
const OPENED = 25;
const PATCHES = 15;

/** Time until a sandbox is ready, what one costs, and how fast commands and patches are. */
export async function benchSandbox(): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'sera-bench-'));
  const provider = await openSandboxes({
    kind: 'auto',
    network: false,
    allowHost: false,
    work: join(folder, 'work'),
  });
  try {
    const tree = makeTree(join(folder, 'ready'), READY_FILES);
    return {
      sandbox: `${provider.kind} ${provider.description}`,
      cores: availableParallelism(),
      ready: await benchReady(provider, tree),
      rollout: await benchCost(provider, tree, folder),
      patch: await benchPatch(provider, makeTree(join(folder, 'patch'), PATCH_FILES)),
      commands: await benchCommands(provider, tree),
    };
  } finally {
    await provider.close();
    rmSync(folder, { recursive: true });
  }
}

async function benchReady(provider: SandboxProvider, tree: string): Promise<Record<string, unknown>> {
  const first = await timed(async () => (await provider.open(tree)).close());
  const ready: number[] = [];
  const closed: number[] = [];
  for (let round = 0; round < OPENED; round += 1) {
    const started = performance.now();
    const sandbox = await provider.open(tree);
    ready.push(performance.now() - started);
    closed.push(await timed(() => sandbox.close()));
  }
  return {
    files: READY_FILES,
    first_ms: round(first),
    next_median_ms: round(median(ready)),
    close_median_ms: round(median(closed)),
  };
}

async function benchCost(
  provider: SandboxProvider,
  tree: string,
  folder: string,
): Promise<Record<string, unknown>> {
  const disk = async (): Promise<number> => {
    const { stdout } = await promisify(execFile)('du', ['-sk', join(folder, 'work')]);
    return Number.parseInt(stdout, 10) * 1024;
  };
  const before = { disk: await disk(), memory: process.memoryUsage().rss, outside: descendants().pss };
  const sandboxes = await openMany(provider, tree, 16);
  await Promise.all(sandboxes.map((sandbox) => sandbox.shell('cd d1', { timeout: 10 })));
  await Promise.all(sandboxes.map((sandbox) => sandbox.run('true', { timeout: 10 })));
  const idle = await disk();
  const memory = (descendants().pss - before.outside) / sandboxes.length;
  const own = (process.memoryUsage().rss - before.memory) / sandboxes.length;
  await Promise.all(
    sandboxes.map((sandbox) => sandbox.run('echo x | tee -a d1/f1.py d2/f2.py d3/f3.py', { timeout: 10 })),
  );
  const changed = await disk();
  await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
  return {
    tree_bytes: await treeBytes(tree),
    disk_bytes_unchanged: Math.round((idle - before.disk) / sandboxes.length),
    disk_bytes_three_files_changed: Math.round((changed - before.disk) / sandboxes.length),
    memory_pss_bytes_of_processes: Math.round(memory),
    memory_bytes_of_this_program: Math.max(0, Math.round(own)),
  };
}

async function benchPatch(provider: SandboxProvider, tree: string): Promise<Record<string, unknown>> {
  const sandbox = await provider.open(tree);
  await sandbox.shell('for n in 1 2 3; do echo changed >> d$n/f$n.py; done', { timeout: 10 });
  const times: number[] = [];
  for (let round = 0; round < PATCHES; round += 1) times.push(await timed(() => sandbox.patch()));
  await sandbox.close();
  return { files: PATCH_FILES, changed: 3, median_ms: round(median(times)) };
}

async function benchCommands(provider: SandboxProvider, tree: string): Promise<Record<string, unknown>> {
  const before = await bareRate();
  const rates: Record<number, { readonly persistent: number; readonly fresh: number }> = {};
  for (const concurrency of [1, 16, 64]) {
    const sandboxes = await openMany(provider, tree, concurrency);
    const persistent = await rate(sandboxes, 'shell', 20_000);
    const fresh = await rate(sandboxes, 'run', 1500);
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    rates[concurrency] = { persistent, fresh };
  }
  const bare = Math.max(before, await bareRate());
  const toBare = ([concurrency, { persistent, fresh }]: [string, { persistent: number; fresh: number }]) => [
    concurrency,
    {
      persistent_per_second: Math.round(persistent),
      persistent_to_bare: round(persistent / bare),
      fresh_per_second: Math.round(fresh),
      fresh_to_bare: round(fresh / bare),
    },
  ];
  return {
    bare_bash_starts_per_second: Math.round(bare),
    bare_is:
      'a shell for each core that runs `bash -c true` in a loop, all at once, outside of any sandbox; the better of two',
    command: 'true',
    at_concurrency: Object.fromEntries(Object.entries(rates).map(toBare)),
  };
}

/** Starts of bash a second that this machine allows. */
async function bareRate(): Promise<number> {
  const each = 400;
  const loop = `for ((n = 0; n < ${each}; n++)); do bash -c true; done`;
  const shells = Array.from({ length: availableParallelism() }, () =>
    promisify(execFile)('bash', ['-c', loop]),
  );
  const seconds = (await timed(() => Promise.all(shells))) / 1000;
  return (each * shells.length) / seconds;
}

async function rate(sandboxes: readonly Sandbox[], method: 'shell' | 'run', total: number): Promise<number> {
  await Promise.all(sandboxes.map((sandbox) => sandbox[method]('true', { timeout: 30 })));
  let begun = 0;
  const work = async (sandbox: Sandbox): Promise<void> => {
    while (begun < total) {
      begun += 1;
      await sandbox[method]('true', { timeout: 30 });
    }
  };
  const seconds = (await timed(() => Promise.all(sandboxes.map(work)))) / 1000;
  return total / seconds;
}

function openMany(provider: SandboxProvider, tree: string, count: number): Promise<Sandbox[]> {
  return Promise.all(Array.from({ length: count }, () => provider.open(tree)));
}

function makeTree(folder: string, files: number): string {
  const lines = Array.from(
    { length: 120 },
    (_, line) => `def function_${line}(value):\n    return value + ${line}\n`,
  );
  for (let file = 0; file < files; file += 1) {
    const parent = join(folder, `d${file % 50}`);
    mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, `f${file}.py`), `# ${file}\n${lines.join('\n')}`);
  }
  const git = (...args: string[]): Buffer =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=base', '-c', 'user.email=base@localhost', ...args]);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message=base');
  return folder;
}

/** The processes that descend from this one, and their memory with what is shared counted once. */
function descendants(): { readonly pss: number } {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
    const stat = readText(`/proc/${pid}/stat`);
    parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const isOwn = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0;
    return parent === process.pid || (parent > 1 && isOwn(parent));
  };
  const pss = [...parents.keys()]
    .filter(isOwn)
    .map((pid) => Number(/^Pss: *(\d+)/m.exec(readText(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024)
    .reduce((sum, bytes) => sum + bytes, 0);
  return { pss };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

async function treeBytes(tree: string): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-sk', tree]);
  return Number.parseInt(stdout, 10) * 1024;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).href;
const SERA = [
  process.execPath,
  '-e',
  `import(${JSON.stringify(MAIN)}).then((m) => m.main(process.argv.slice(1)))`,
  '--',
];
const ENGINE = fileURLToPath(new URL('./engine.ts', import.meta.url));
const SMI = `#!/bin/sh
echo "0, GPU-aaaa, NVIDIA H100 80GB HBM3, 81559, 4"
echo "1, GPU-bbbb, NVIDIA H100 80GB HBM3, 81559, 0"
echo "2, GPU-cccc, NVIDIA GB10, [N/A], [N/A]"
`;
/** Compiled code is kept between the many starts of a test. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/sera-compiled', import.meta.url));

/** A `sera` that runs, and what it has printed so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly status: Promise<number | null>;
  /** Waits until standard error says this. */
  until(text: string): Promise<void>;
}

/** Runs the command line in an environment of its own: a folder for its state, and programs of the test's. */
export class Bench {
  readonly folder: string;
  readonly #running = new Set<ChildProcess>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Puts a program on the path. */
  async install(name: string, script: string): Promise<void> {
    const bin = join(this.folder, 'bin');
    await mkdir(bin, { recursive: true });
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }

  /** Puts a player of vLLM and two GPUs on the path. */
  async installEngine(): Promise<void> {
    await this.install('vllm', `#!/bin/sh\nexec "${process.execPath}" "${ENGINE}" "$@"\n`);
    await this.install('nvidia-smi', SMI);
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  state(file: string): string {
    return this.path('state', 'sera', 'serve', file);
  }

  /** @param command what `sera` is; it leads a process group of its own, as a shell would start it */
  start(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    [program = '', ...before]: readonly string[] = SERA,
  ): Running {
    const child = spawn(program, [...before, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        NODE_COMPILE_CACHE: COMPILED,
        PATH: [this.path('bin'), '/usr/bin', '/bin'].join(delimiter),
        HOME: this.folder,
        XDG_STATE_HOME: this.path('state'),
        HF_ENDPOINT: 'http://127.0.0.1:1',
        ...environment,
      },
    });
    this.#running.add(child);
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.err += chunk.toString();
    });
    const status = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(() =>
      this.#running.delete(child),
    );
    let ended = false;
    void status.then(() => {
      ended = true;
    });
    const until = async (text: string) => {
      while (!output.err.includes(text)) {
        if (ended) throw new Error(`ended without "${text}":\n${output.err}`);
        await sleep(20);
      }
    };
    return { child, output, status, until };
  }

  async run(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const running = this.start(args, environment);
    const status = await running.status;
    return { status, ...running.output };
  }

  /** Ends what a failed test may have left. */
  dispose(): void {
    for (const child of this.#running) child.kill('SIGTERM');
  }
}

/** Benches for the tests of a file or a block, all of which end with it. */
export function useBenches(): () => Promise<Bench> {
  const benches: Bench[] = [];
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'sera-bench-'));
  });
  afterAll(async () => {
    for (const bench of benches) bench.dispose();
    await rm(root, { recursive: true, force: true });
  });
  return async () => {
    const bench = new Bench(await mkdtemp(join(root, 'machine-')));
    benches.push(bench);
    return bench;
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

/** Waits until a process is gone; a dead one that nobody has asked after is gone too. */
export async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return;
    } catch {
      return;
    }
    await sleep(20);
  }
}

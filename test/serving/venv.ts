import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A virtual environment of Python with some packages. */
export interface Venv {
  readonly python: string;
  readonly bin: string;
  readonly folder: string;
  dispose(): Promise<void>;
}

/** @returns the first line of why not, where Python or pip cannot */
export async function makeVenv(packages: readonly string[]): Promise<Venv | string> {
  const folder = await mkdtemp(join(tmpdir(), 'sera-venv-'));
  const dispose = () => rm(folder, { recursive: true, force: true });
  const bin = join(folder, 'bin');
  const python = join(bin, 'python');
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: 60_000 });
    await run(python, ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', ...packages], {
      timeout: 120_000,
    });
    return { python, bin, folder, dispose };
  } catch (error) {
    await dispose();
    return `pip cannot install ${packages.join(', ')}: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

/** Runs a Python program on standard input's text and gives what it printed. */
export async function runPython(
  python: string,
  script: string,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const { stdout } = await run(python, ['-c', script, ...args], {
    timeout: 120_000,
    env: environment,
    maxBuffer: 1 << 26,
  });
  return stdout;
}

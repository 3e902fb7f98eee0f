import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sera-venvs', import.meta.url));

/** A virtual environment of Python with some packages. */
export interface Venv {
  readonly python: string;
  readonly bin: string;
}

/**
 * Makes it once for each list of packages and version of Python, and finds it again.
 *
 * @returns the first line of why not, where Python or pip cannot
 */
export async function makeVenv(packages: readonly string[]): Promise<Venv | string> {
  try {
    const { stdout: version } = await run('python3', ['-VV']);
    const key = createHash('sha256')
      .update([version, ...packages].join('\n'))
      .digest('hex');
    const pointer = join(CACHE, key.slice(0, 16));
    return (await findVenv(pointer)) ?? (await installVenv(pointer, packages));
  } catch (error) {
    return `pip cannot install ${packages.join(', ')}: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

async function findVenv(pointer: string): Promise<Venv | undefined> {
  try {
    const venv = venvIn(await readFile(pointer, 'utf8'));
    await run(venv.python, ['-c', '']);
    return venv;
  } catch {
    return undefined;
  }
}

/** A folder of its own for each attempt, which is pointed to when it is whole: two test runs do not meet. */
async function installVenv(pointer: string, packages: readonly string[]): Promise<Venv> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(`${pointer}-`);
  try {
    const { python, bin } = venvIn(folder);
    await run('python3', ['-m', 'venv', folder], { timeout: 60_000 });
    await run(python, ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', ...packages], {
      timeout: 120_000,
    });
    await writeFile(`${folder}.path`, folder);
    await rename(`${folder}.path`, pointer);
    return { python, bin };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function venvIn(folder: string): Venv {
  const bin = join(folder, 'bin');
  return { bin, python: join(bin, 'python') };
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

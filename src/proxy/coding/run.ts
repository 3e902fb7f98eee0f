import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants as access, accessSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../error.ts';
import { type ProxySettings, startProxy } from '../server/listen.ts';
import { installOf, type Launch, launchOf } from './tools.ts';

/**
 * Starts the proxy and a coding tool on it, and stops both together.
 *
 * @returns the tool's exit status
 * @throws UsageError the tool is not installed, or cannot be served
 */
export async function runCodingTool(
  name: string,
  args: readonly string[],
  settings: Omit<ProxySettings, 'host' | 'port' | 'key' | 'silent'>,
): Promise<number> {
  const install = installOf(name);
  if (!isInstalled(name)) throw new UsageError(`${name} is not installed: ${install}`);
  const key = randomBytes(24).toString('base64url');
  const proxy = await startProxy({ ...settings, host: '127.0.0.1', port: 0, key, silent: true });
  try {
    const state = await proxy.check();
    if (state.type === 'unusable') throw new UsageError(state.text);
    const { model, context } = await proxy.model();
    return await withFile(
      launchOf(name, { url: proxy.url, key, model: model ?? 'sera', context }, args),
      run,
    );
  } finally {
    await proxy.close();
  }
}

/** The file is only its user's, and is gone when the tool has ended. */
async function withFile(launch: Launch, start: (launch: Launch) => Promise<number>): Promise<number> {
  if (!launch.file) return start(launch);
  const folder = await mkdtemp(join(tmpdir(), 'sera-code-'));
  try {
    const path = join(folder, 'settings.json');
    await writeFile(path, launch.file.content, { mode: 0o600 });
    const { file, args, environment } = launch;
    return await start(
      'option' in file
        ? { ...launch, args: [file.option, path, ...args] }
        : { ...launch, environment: { ...environment, [file.variable]: path } },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How the terminal is set, which a tool that is killed leaves as it needed it. */
function terminalState(): string | undefined {
  if (!process.stdin.isTTY) return undefined;
  const { stdout } = spawnSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

function restore(terminal: string | undefined): void {
  if (terminal !== undefined) spawnSync('stty', [terminal], { stdio: ['inherit', 'ignore', 'ignore'] });
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), access.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** An interrupt on the keyboard reaches the tool by itself, and is the tool's to act on. */
function run({ program, args, environment }: Launch): Promise<number> {
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  return new Promise((resolve, reject) => {
    const terminal = terminalState();
    const child = spawn(program, [...args], { stdio: 'inherit', env });
    const ignore = (): void => {};
    const stop = (): void => void child.kill('SIGTERM');
    process.on('SIGINT', ignore);
    process.on('SIGTERM', stop);
    process.on('SIGHUP', stop);
    const done = (): void => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', stop);
      process.off('SIGHUP', stop);
    };
    child.on('error', (error) => {
      done();
      reject(new UsageError(`${program} cannot be started: ${error.message}.`));
    });
    child.on('close', (status, signal) => {
      done();
      restore(terminal);
      resolve(status ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0));
    });
  });
}

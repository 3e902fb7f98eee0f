import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CommandResult, SandboxOptions } from '../src/sandbox/index.ts';

/** Nobody else's on any machine that the tests run on. */
export const ORDINARY_USER = 54_321;

const SERVER = fileURLToPath(new URL('sandbox-server.ts', import.meta.url));
const AS_ORDINARY_USER = [
  ...['setpriv', '--reuid', `${ORDINARY_USER}`, '--regid', `${ORDINARY_USER}`],
  ...['--clear-groups', '--'],
];

export type User = 'root' | 'ordinary user';

/** Why sandboxes cannot be tried as this user here; undefined where they can. */
export function cannotBe(user: User): string | undefined {
  const isRoot = process.getuid?.() === 0;
  if (user === 'root') return isRoot ? undefined : 'the tests do not run as root';
  if (!isRoot) return undefined;
  const [program = '', ...words] = [...AS_ORDINARY_USER, process.execPath, '--check', SERVER];
  const { status } = spawnSync(program, words, { stdio: 'ignore', env: { PATH: process.env.PATH } });
  return status === 0 ? undefined : 'another user cannot read this checkout, or setpriv is missing';
}

/** A sandbox in a program of its own. */
export class SandboxClient {
  readonly program: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  private constructor(program: ChildProcess) {
    this.program = program;
    if (program.stdout === null) throw new Error('the program has no output');
    this.#answers = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  }

  static async open(
    user: User,
    work: string,
    tree: string,
    options: Partial<SandboxOptions> = {},
    env: Readonly<Record<string, string>> = {},
  ): Promise<SandboxClient> {
    const drop = user === 'ordinary user' && process.getuid?.() === 0 ? AS_ORDINARY_USER : [];
    const words = [...drop, process.execPath, SERVER, work, tree, JSON.stringify(options)];
    const [program = '', ...rest] = words;
    const child = spawn(program, rest, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, HOME: work, ...env },
    });
    const client = new SandboxClient(child);
    await client.#answer();
    return client;
  }

  run(command: string, timeout = 20): Promise<CommandResult> {
    return this.call('run', command, `${timeout}`) as Promise<CommandResult>;
  }

  shell(command: string, timeout = 20): Promise<CommandResult> {
    return this.call('shell', command, `${timeout}`) as Promise<CommandResult>;
  }

  async output(command: string): Promise<string> {
    return (await this.run(command)).output;
  }

  async call(method: string, ...words: string[]): Promise<unknown> {
    this.program.stdin?.write(`${JSON.stringify([method, ...words])}\n`);
    return this.#answer();
  }

  async #answer(): Promise<unknown> {
    const { value } = await this.#answers.next();
    if (typeof value !== 'string') throw new Error('the program with the sandbox has ended');
    const answer: { value?: unknown; error?: string } = JSON.parse(value);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  }

  async end(): Promise<void> {
    await this.call('close').catch(() => undefined);
    this.program.stdin?.end();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { SandboxError } from './errors.ts';
import { detach, type Pipes } from './pipes.ts';
import type { Line } from './warden.ts';

/** A sandbox whose first process has been started, with the pipes to it; every kind makes one in its own way. */
export interface Launched {
  readonly warden: Line;
  readonly shell: Line;
  readonly runner: Line;
  /** Fulfilled when the first process has ended, with what it wrote to its standard error. */
  readonly ended: Promise<string>;
  /** The process that every other one of the sandbox descends from. */
  readonly root: number;
  /** Bytes that lie in `/tmp`, `HOME` and other folders in memory. */
  temporary(): number;
  /** Bytes that were written below `/testbed`. */
  written(): Promise<number>;
  /** Ends every process and removes the private copy. */
  end(): Promise<void>;
}

export interface SpawnedWarden extends Pick<Launched, 'warden' | 'shell' | 'runner' | 'ended' | 'root'> {
  readonly process: ChildProcess;
  release(): void;
}

export interface SpawnOptions {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly detached?: boolean;
  /** File with a filter of system calls; the program finds it open at `FILTER`. */
  readonly filter?: string | undefined;
}

export const FILTER = 7;

const COMPLAINT_LIMIT = 4000;

/**
 * Starts a program that becomes the warden: a bash with the scripts to run at descriptor 0, their output at 8,
 * and the pipes of the shell at 3 and 4, of the runner at 5 and 6.
 */
export async function spawnWarden(
  pipes: Pipes,
  command: readonly string[],
  options: SpawnOptions,
): Promise<SpawnedWarden> {
  const [warden, shell, runner] = [await pipes.open(), await pipes.open(), await pipes.open()];
  const [program = '', ...words] = command;
  const { filter, ...rest } = options;
  const filtering = filter === undefined ? 'ignore' : openSync(filter, 'r');
  const child = spawn(program, words, {
    ...rest,
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', shell.writer, 'pipe', runner.writer, filtering, warden.writer],
  });
  const outputs = [warden, shell, runner];
  for (const pipe of outputs) detach(pipe);
  if (filtering !== 'ignore') closeSync(filtering);
  return {
    process: child,
    root: child.pid ?? 0,
    warden: { input: writable(child, 0), output: warden.reader },
    shell: { input: writable(child, 3), output: shell.reader },
    runner: { input: writable(child, 5), output: runner.reader },
    ended: complaintAtEnd(child),
    release: () => {
      for (const { reader } of outputs) reader.destroy();
      for (const stream of child.stdio) stream?.destroy();
    },
  };
}

function writable(child: ChildProcess, descriptor: number): Writable {
  const stream = [...child.stdio][descriptor];
  if (!(stream instanceof Writable)) throw new SandboxError('a sandbox could not be started: no pipe to it');
  stream.on('error', () => undefined);
  return stream;
}

function complaintAtEnd(child: ChildProcess): Promise<string> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(0, COMPLAINT_LIMIT);
  });
  child.stderr?.on('error', () => undefined);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    // Not `close`: a process that was left behind could hold the pipe open.
    child.once('exit', (code, signal) =>
      setImmediate(() => resolve(complaint || `it was ended by ${signal ?? `status ${code}`}`)),
    );
  });
}

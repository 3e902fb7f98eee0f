import { type ChildProcess, spawn } from 'node:child_process';

/** A program with everything that it starts, ended together. */
export interface ProcessGroup {
  readonly child: ChildProcess;
  /** Settled when the program itself has ended; never rejected. */
  readonly ended: Promise<Ending>;
  /** Ends the group: gently, and after `grace` milliseconds by force. Settled when the program has ended. */
  stop(grace: number): Promise<void>;
  /** Ends the group at once. */
  kill(): void;
}

export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The program could not be started at all. */
  readonly error?: NodeJS.ErrnoException;
}

/**
 * Reads until this program is gone, however it ended, then ends the group. It is a group of its own, so that a
 * Ctrl-C does not reach it.
 */
const WATCH = 'read -r _; kill -s TERM -- "-$0" && sleep 10 && kill -s KILL -- "-$0"';

/** Milliseconds that output may still come after the program has ended: a process may have left the group. */
const CLOSE_PATIENCE = 2_000;

export interface GroupOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** False for a program that ends by itself once its input does. */
  readonly watched?: boolean;
}

/** Starts a program as the leader of a process group of its own, so that none of them outlives this program. */
export function startGroup(
  command: readonly [string, ...string[]],
  { environment, cwd, watched = true }: GroupOptions,
): ProcessGroup {
  const [program, ...args] = command;
  const child = spawn(program, args, {
    detached: true,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  child.stdin?.on('error', () => undefined); // a program that reads nothing closes it when it ends
  const watcher = child.pid === undefined || !watched ? undefined : watch(child.pid);
  const kill = (signal: NodeJS.Signals = 'SIGKILL') => signalGroup(child.pid, signal);
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ status: null, signal: null, error }));
    child.once('close', (status, signal) => resolve({ status, signal }));
    child.once('exit', (status, signal) => {
      kill(); // what the program leaves behind would hold its output open, and `close` waits for that
      setTimeout(() => resolve({ status, signal }), CLOSE_PATIENCE).unref();
    });
  }).finally(() => watcher?.kill('SIGKILL'));
  const stop = async (grace: number) => {
    kill('SIGTERM');
    const timer = setTimeout(kill, grace);
    await ended;
    clearTimeout(timer);
  };
  return { child, ended, stop, kill };
}

function watch(group: number): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', WATCH, String(group)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => undefined);
  watcher.stdin?.on('error', () => undefined);
  watcher.unref();
  return watcher;
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // the group is gone already
  }
}

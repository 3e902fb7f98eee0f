import { UsageError } from '../error.ts';
import {
  birthOf,
  EngineError,
  type ModalOptions,
  type Served,
  type ServePlan,
  type ServerRecord,
  ServerState,
  ServingError,
  type StartOptions,
} from '../serving/index.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { LiveLine } from './live.ts';
import { note, paint, printJson } from './output.ts';
import { nextCommands } from './serve-next.ts';
import { duration, plural } from './text.ts';

/** A server to start, wherever it will be. */
export interface ServeJob {
  readonly name: string;
  readonly key: string;
  readonly place: ServerRecord['place'];
  readonly engine: ServePlan['engine'];
  /** What clients call the model. */
  readonly model: string;
  /** True for a server that stays when this command ends. */
  readonly detach: boolean;
  /** Seconds until it must answer. */
  readonly patience: number;
  readonly json: boolean;
  start(options: StartOptions & Pick<ModalOptions, 'onAddress'>): Promise<Served>;
}

const TAIL_LINES = 20;

/** Starts a server, says when it answers and what to type next, and ends it at the user's word unless detached. */
export async function runServer(job: ServeJob): Promise<void> {
  const state = ServerState.of(process.env);
  if (await state.find(job.name)) {
    throw new UsageError(`${job.name} runs already: sera serve --stop ${job.name}, or choose another --name`);
  }
  const interrupt = listenForInterrupt(`stopping ${job.name}; Ctrl-C again ends it at once`);
  try {
    await remember(job, state, { url: '', model: job.model, ready: false, pid: process.pid });
    const served = await waitFor(job, state, interrupt);
    await tell(job, served, state);
    if (!job.detach) await keep(served, interrupt);
  } catch (error) {
    if (error instanceof EngineError) showTail(error, state.path(job.name, 'log'));
    throw error;
  } finally {
    const stays = (await state.find(job.name))?.pid === 0;
    if (stays) note(`it stays until: sera serve --stop ${job.name}`);
    else await state.forget(job.name);
    interrupt.dispose();
  }
}

async function waitFor(job: ServeJob, state: ServerState, interrupt: Interrupt): Promise<Served> {
  const began = Date.now();
  let last = '';
  const elapsed = () => duration((Date.now() - began) / 1000);
  const live = new LiveLine(() => `${elapsed()} · ${job.engine.title} starts${last && ` · ${last}`}`);
  try {
    const served = await job.start({
      name: job.name,
      key: job.key,
      state,
      environment: process.env,
      patience: job.patience,
      signal: interrupt.drain,
      force: interrupt.signal,
      onLine: (line) => {
        last = line;
      },
      // A deployment stays, whatever becomes of the waiting: its key must not be lost.
      onAddress: async (url) => {
        if (job.detach)
          await remember(job, state, { url: `${url}/v1`, model: job.model, ready: false, pid: 0 });
      },
    });
    live.stop();
    note(`${paint.err.green('ready')} after ${elapsed()}: ${served.model} at ${served.url}`);
    return served;
  } catch (error) {
    live.wipe();
    throw error;
  }
}

async function tell(job: ServeJob, served: Served, state: ServerState): Promise<void> {
  const pid = job.detach ? 0 : process.pid;
  const keyFile = await remember(job, state, { url: served.url, model: served.model, ready: true, pid });
  const log = state.path(job.name, 'log');
  if (job.json) printJson({ name: job.name, url: served.url, model: served.model, key_file: keyFile, log });
  note(`log: ${log}`);
  for (const line of nextCommands(served.url, keyFile)) note(line);
}

/** @returns where the key is */
async function remember(
  job: ServeJob,
  state: ServerState,
  now: Pick<ServerRecord, 'url' | 'model' | 'ready' | 'pid'>,
): Promise<string> {
  const keyFile = await state.write(job.name, 'key', `${job.key}\n`);
  const born = await birthOf(process.pid);
  await state.save(job.name, {
    place: job.place,
    engine: job.engine.name,
    ...now,
    ...(born !== undefined && { born }),
    started: new Date().toISOString(),
  });
  return keyFile;
}

/** Waits for the user's word or the server's end. */
async function keep(served: Served, interrupt: Interrupt): Promise<void> {
  try {
    await Promise.race([served.ended, aborted(interrupt.drain)]);
  } finally {
    await served.stop();
  }
  process.exitCode = 130;
}

/** @throws ServingError with the first reason why it would not work, unless it is forced */
export function refuse({ faults }: ServePlan, force = false): void {
  const [first, ...others] = faults;
  if (first === undefined) return;
  for (const fault of force ? faults : others) note(paint.err.yellow(`warning: ${fault}`));
  if (!force) throw new ServingError(`${first} (--force starts it all the same)`);
}

function showTail({ tail }: EngineError, log: string): void {
  const shown = tail.slice(-TAIL_LINES);
  if (shown.length === 0) return;
  note(paint.err.dim(`last ${plural(shown.length, 'line')} of ${log}:`));
  for (const line of shown) note(paint.err.dim(`  ${line}`));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

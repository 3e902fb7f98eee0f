import { Worker } from 'node:worker_threads';
import * as errors from '../errors.ts';
import type { JobName, Jobs, Setup } from './jobs.ts';

/** What a thread sends back. */
export type Reply = { readonly id: number } & (
  | { readonly answer: Jobs[JobName]['answer'] }
  | { readonly error: { readonly name: string; readonly message: string } }
);

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** Room for what is needed for a moment: with Node's own choice a thread takes three times the memory. */
const YOUNG_MIB = 32;

/** One thread; what is asked of it is answered in order. */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #failure: Error | undefined;

  /**
   * @param number tells the threads of a pool apart
   * @throws ThreadError the system gives no thread
   */
  constructor(setup: Setup, number: number, script: URL = defaultScript()) {
    this.#worker = startWorker(script, { ...setup, number });
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error: Error) => this.#fail(asThreadError(error)));
    this.#worker.on('exit', () => this.#fail(new errors.ThreadError('a thread ended before its work did')));
  }

  /** Jobs that are not answered yet. */
  get busy(): number {
    return this.#waiting.size;
  }

  /**
   * @param transfer memory that is handed over instead of copied
   * @throws ThreadError the thread could not be started or ended; whatever the job throws
   */
  run<Name extends JobName>(
    name: Name,
    ask: Jobs[Name]['ask'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Jobs[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      const id = this.#asked++;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, ask }, transfer);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(revive(reply.error));
    else waiting?.resolve(reply.answer as never);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}

function startWorker(script: URL, workerData: object): Worker {
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MIB };
  try {
    return new Worker(script, { workerData, execArgv: [], resourceLimits });
  } catch (error) {
    throw error instanceof Error ? asThreadError(error) : error;
  }
}

function defaultScript(): URL {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  return new URL(file, import.meta.url);
}

/** An error keeps its name and its message on the way, but not its class. */
function revive({ name, message }: { name: string; message: string }): Error {
  const known = Object.entries(errors).find(([each]) => each === name)?.[1];
  return known ? new known(message) : new Error(message);
}

/** What Node says of a thread that it cannot start or keep, as a line for people. */
function asThreadError(error: Error): Error {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new errors.ThreadError(
      'a thread ran out of memory: give this program more, or shorter trajectories',
    );
  }
  if (code === 'ERR_WORKER_INIT_FAILED' || /EAGAIN|ENOMEM/.test(error.message)) {
    const why = /E[A-Z]+/.exec(error.message)?.[0] ?? error.message;
    return new errors.ThreadError(
      `cannot start a thread (${why}): there are too many processes (ulimit -u) or too little memory`,
    );
  }
  return error;
}

import { availableParallelism } from 'node:os';
import type { JobName, Jobs, Setup } from './jobs.ts';
import { Thread } from './thread.ts';

/** Each takes some 250 MiB, and all of it is to stay below one GiB; two count ten million tokens a second. */
const MOST_THREADS = 2;
/** As many threads as are worth it here. */
const THREADS = Math.min(availableParallelism(), MOST_THREADS);
/** Jobs that a thread has at hand: one to work on, and some for when that is done, since answers are taken in order. */
const AHEAD = 4;

/** As many threads as are worth it, started when they are needed. */
export class Pool {
  /** Threads that there are at most. */
  readonly size: number;
  /** Tells this tokenizer and this chat template from others. */
  readonly student: string;
  readonly #setup: Setup;
  readonly #threads: Thread[] = [];

  constructor(setup: Setup, student: string, size: number = THREADS) {
    this.#setup = setup;
    this.student = student;
    this.size = Math.max(1, size);
  }

  /** Jobs that can be on their way at once so that nobody waits for work. */
  get width(): number {
    return this.size * AHEAD;
  }

  /** Whether there was any work for threads. */
  get started(): boolean {
    return this.#threads.length > 0;
  }

  /** @throws ThreadError, and whatever the job throws */
  run<Name extends JobName>(
    name: Name,
    ask: Jobs[Name]['ask'],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Jobs[Name]['answer']> {
    return this.#next().run(name, ask, transfer);
  }

  #next(): Thread {
    const [idlest] = [...this.#threads].sort((a, b) => a.busy - b.busy);
    if (idlest && (idlest.busy === 0 || this.#threads.length === this.size)) return idlest;
    try {
      const thread = new Thread(this.#setup, this.#threads.length);
      this.#threads.push(thread);
      return thread;
    } catch (error) {
      if (!idlest) throw error;
      return idlest; // fewer threads do it too
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

/** Works on what comes, so many at once, and gives the results in the order in which it came. */
export async function* inOrder<T, R>(
  from: AsyncIterable<T>,
  atOnce: number,
  work: (one: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for await (const one of from) {
    const result = work(one);
    result.catch(() => {}); // it is awaited below, unless one before it fails
    begun.push(result);
    if (begun.length < atOnce) continue;
    const first = begun.shift();
    if (first) yield await first;
  }
  for (const result of begun) yield await result;
}

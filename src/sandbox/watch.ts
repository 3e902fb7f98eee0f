import { ProcessTable, type ProcessUse, proportionalMemory } from './processes.ts';
import type { SandboxLimits } from './sandbox.ts';

/** Milliseconds between two looks at all sandboxes. */
const INTERVAL = 1000;
/** Looks at memory for one look at the disk, which costs a walk through what was written. */
const DISK_EVERY = 2;
/** A walk through what was written is followed by a rest of so many times its length. */
const REST = 10;

/** A sandbox as the watch sees it. */
export interface Watched {
  readonly limits: SandboxLimits;
  /** The process that all others of the sandbox descend from. */
  readonly root: number;
  readonly busy: boolean;
  /** Bytes in folders that lie in memory. */
  temporary(): number;
  /** Bytes written to the disk. */
  written(): Promise<number>;
  /** Ends what runs in the sandbox. */
  exceed(what: string): Promise<void>;
  /** Ends the sandbox, and says why where it is used again. */
  overrun(what: string): Promise<void>;
  close(): Promise<void>;
}

/** A warden, two keepers and two shells. */
const IDLE_PROCESSES = 6;

/**
 * One timer for all sandboxes of a run. The kernel holds each process to its limits; what all processes of a sandbox
 * use together, and what they write, is looked at here.
 */
export class Watch {
  readonly #watched = new Set<Watched>();
  readonly #full = new WeakSet<Watched>();
  readonly #notBefore = new WeakMap<Watched, number>();
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;

  add(watched: Watched): void {
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), INTERVAL).unref();
  }

  /** Closes all sandboxes. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#watched].map((watched) => watched.close()));
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#looks += 1;
    const table = ProcessTable.read();
    for (const watched of this.#watched) {
      const use = table.below(watched.root);
      if (!watched.busy && use.processes <= IDLE_PROCESSES) continue;
      const excess = this.#crowded(watched, use) ?? memoryExcess(watched, use);
      if (excess !== undefined) void watched.exceed(excess).catch(() => undefined);
      if (this.#looks % DISK_EVERY === 0) void this.#lookAtDisk(watched);
    }
  }

  /** A moment with that many processes is not a fork bomb yet; two in a row are. */
  #crowded(watched: Watched, { processes }: ProcessUse): string | undefined {
    const { limits } = watched;
    const before = this.#full.delete(watched);
    if (processes < limits.processes - IDLE_PROCESSES) return undefined;
    this.#full.add(watched);
    return before ? `as many as ${limits.processes} processes` : undefined;
  }

  async #lookAtDisk(watched: Watched): Promise<void> {
    const { limits } = watched;
    const started = performance.now();
    if (started < (this.#notBefore.get(watched) ?? 0)) return;
    this.#notBefore.set(watched, Number.POSITIVE_INFINITY);
    const written = await watched.written().catch(() => 0);
    const now = performance.now();
    this.#notBefore.set(watched, now + (now - started) * REST);
    const what = `more than ${mebibytes(limits.disk)} of disk`;
    if (written > 2 * limits.disk) await watched.overrun(what);
    else if (written > limits.disk) await watched.exceed(what).catch(() => undefined);
  }
}

function memoryExcess(watched: Watched, { resident, pids }: ProcessUse): string | undefined {
  const room = watched.limits.memory - watched.temporary();
  // The quick sum counts shared memory several times; only where it is too much, the exact one is worth its time.
  if (resident <= room || (proportionalMemory(pids) ?? resident) <= room) return undefined;
  return `more than ${mebibytes(watched.limits.memory)} of memory`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

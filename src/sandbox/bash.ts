import { Channel, type Ending } from './channel.ts';
import { ByteSink, TextSink } from './collect.ts';
import { quote } from './quote.ts';
import { type CommandOptions, type CommandResult, TESTBED } from './sandbox.ts';
import type { Line, Warden } from './warden.ts';

/** Seconds that what was interrupted has until it is killed, and that is waited between two further attempts. */
const GRACE = 1;
const ATTEMPTS = 3;

/** File descriptors that the warden holds for this bash. */
export interface Descriptors {
  readonly input: number;
  readonly output: number;
}

export interface BashSettings {
  /** Characters of one command's output that are kept. */
  readonly outputLimit: number;
  /** Where commands start. */
  readonly root: string;
}

/**
 * One bash of a rollout, which outlives the commands that run in it: it is interrupted when one takes too long,
 * and started again when one ends it.
 */
export class Bash {
  readonly #warden: Warden;
  readonly #channel: Channel;
  readonly #descriptors: Descriptors;
  readonly #outputLimit: number;
  readonly #root: string;
  #queue: Promise<unknown> = Promise.resolve();
  #process = 0;

  constructor(warden: Warden, line: Line, descriptors: Descriptors, settings: BashSettings) {
    this.#warden = warden;
    this.#channel = new Channel(line.input, line.output);
    this.#descriptors = descriptors;
    this.#outputLimit = settings.outputLimit;
    this.#root = quote(settings.root);
  }

  /** Runs a command in this very bash. */
  evaluate(command: string, options: CommandOptions): Promise<CommandResult> {
    return this.#enqueue(`eval ${quote(command)}`, options);
  }

  /** Runs a command in a fresh bash at the repository's root. */
  fresh(command: string, options: CommandOptions): Promise<CommandResult> {
    return this.#enqueue(`{ cd ${this.#root}; ${freshBash(command)}; }`, options);
  }

  break(error: Error): void {
    this.#channel.break(error);
  }

  #enqueue(line: string, options: CommandOptions): Promise<CommandResult> {
    const result = this.#queue.then(() => this.#run(line, options));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #run(line: string, { timeout, signal }: CommandOptions): Promise<CommandResult> {
    signal?.throwIfAborted();
    if (this.#process === 0) await this.#start();
    const idle = this.#channel.takeDeath();
    if (idle !== undefined) await this.#revive();
    const sink = new TextSink(this.#outputLimit);
    const started = performance.now();
    const running = this.#channel.execute(`${line} </dev/null >&8 2>&8 8>&-\n`, sink);
    const first = await within(running, timeout * 1000, signal);
    const timedOut = first === undefined;
    const ending = first ?? (await this.#interrupt(running, started));
    if (ending?.type !== 'status') await this.#revive(ending === undefined);
    signal?.throwIfAborted();
    const { output, omitted, tail } = sink.finish();
    const notes = [
      ...(idle === undefined ? [] : [restarted(idle.status)]),
      ...(output === '' ? [] : [output]),
      ...(ending?.type === 'status' ? [] : [restarted(ending?.status)]),
    ];
    return {
      output: notes.join('\n'),
      exitCode: timedOut || ending === undefined ? null : ending.status,
      timedOut: timedOut && signal?.aborted !== true,
      omitted,
      ...(omitted > 0 ? { tail } : {}),
    };
  }

  /** Ctrl-C; then an end for what does not heed it; then for the bash itself. */
  async #interrupt(running: Promise<Ending>, started: number): Promise<Ending | undefined> {
    const age = (): string => ((performance.now() - started) / 1000 + 1).toFixed(0);
    const interrupt = `kill -INT ${this.#process}; strike ${this.#process} INT 1000000000`;
    await this.#warden.call(interrupt);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const ending = await within(running, GRACE * 1000);
      if (ending !== undefined) return ending;
      await this.#warden.call(`strike ${this.#process} KILL ${age()}; kill -INT ${this.#process}`);
    }
    await this.#warden.call(`strike ${this.#process} KILL 1000000000; kill -KILL ${this.#process}`);
    return within(running, GRACE * 1000);
  }

  /** Starts the keeper of this bash, and the bash. */
  async #start(): Promise<void> {
    const { input, output } = this.#descriptors;
    const closed = [3, 4, 5, 6].map((descriptor) => `${descriptor}>&-`).join(' ');
    await this.#warden.call(
      `set -m; keep ${this.#channel.deathNonce} <&${input} 8>&${output} ${closed} >/dev/null 2>&1 & set +m`,
    );
    await this.#revive();
  }

  async #revive(keeperLost = false): Promise<void> {
    if (keeperLost) {
      this.#process = 0;
      await this.#start();
      return;
    }
    this.#channel.send(`\ngo ${this.#channel.deathNonce}\n`);
    const sink = new ByteSink(100);
    await this.#channel.execute(
      `cd ${this.#root}; set +o history +H; history -c; unset PS1 PS2 HISTFILE MAILCHECK OLDPWD; echo $$ >&8\n`,
      sink,
    );
    this.#process = Number(sink.finish().toString().trim());
  }
}

/** Longest argument that the kernel hands to a program, with room for what stands beside it. */
const ARGUMENT_LIMIT = 120_000;

function freshBash(command: string): string {
  if (Buffer.byteLength(command) < ARGUMENT_LIMIT) return `bash -c ${quote(command)}`;
  return `bash /dev/fd/9 9<<<${quote(command)}`;
}

function restarted(status: number | undefined): string {
  const how = status === undefined ? 'did not answer' : `ended with status ${status}`;
  return `[the shell ${how} and was started again in ${TESTBED}]`;
}

/** @returns undefined where it took longer, or the signal was aborted */
function within<T>(promise: Promise<T>, milliseconds: number, signal?: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const give = (): void => finish(() => resolve(undefined));
    const timer = setTimeout(give, milliseconds);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', give);
      settle();
    };
    signal?.addEventListener('abort', give, { once: true });
    promise.then(
      (value) => finish(() => resolve(value)),
      (error) => finish(() => reject(error)),
    );
  });
}

import { Channel, type Ending } from './channel.ts';
import { ByteSink, TextSink } from './collect.ts';
import { SandboxError } from './errors.ts';
import { quote } from './quote.ts';
import type { CommandOptions, CommandResult } from './sandbox.ts';
import { nameSignals } from './signals.ts';
import type { Line, Warden } from './warden.ts';
import { within } from './within.ts';

/** Seconds that what was interrupted has until it is killed, and that is waited between two further attempts. */
const GRACE = 1;
const ATTEMPTS = 3;
/** Seconds between two looks whether a bash that runs a command is still there. */
const PATROL = 1;
/** Seconds that a bash may need until it answers. */
const START = 10;
/** Older than any process. */
const EVER = 1_000_000_000;

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

/** `silence`: the bash is gone, and with it the keeper that would have reported it. */
type Outcome = Ending | { readonly type: 'silence' };

/**
 * One bash of a rollout, which outlives the commands that run in it: it is interrupted when one takes too long,
 * and started again when one ends it.
 */
export class Bash {
  readonly #warden: Warden;
  readonly #channel: Channel;
  readonly #descriptors: Descriptors;
  readonly #settings: BashSettings;
  #queue: Promise<unknown> = Promise.resolve();
  #keeper = 0;
  #process = 0;
  #notes: string[] = [];

  constructor(warden: Warden, line: Line, descriptors: Descriptors, settings: BashSettings) {
    this.#warden = warden;
    this.#channel = new Channel(line.input, line.output);
    this.#descriptors = descriptors;
    this.#settings = settings;
  }

  /** Runs a command in this very bash. */
  evaluate(command: string, options: CommandOptions): Promise<CommandResult> {
    return this.#enqueue(`eval ${quote(command)}`, options);
  }

  /** Runs a command in a fresh bash at the root. */
  fresh(command: string, options: CommandOptions): Promise<CommandResult> {
    return this.#enqueue(`{ cd ${quote(this.#settings.root)}; ${freshBash(command)}; }`, options);
  }

  get busy(): boolean {
    return this.#channel.busy;
  }

  /** Adds a line to the output of the command that runs, or of the next. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** Ends all that was started from this bash. */
  async endCommands(): Promise<void> {
    if (this.#process > 0) await this.#warden.call(`strike ${this.#process} KILL ${EVER}`);
  }

  /** Tells that this bash and its keeper were ended from outside. A command that runs finds out by itself. */
  lost(): void {
    if (this.busy || this.#process === 0) return;
    this.#process = 0;
    this.note(restarted('was ended', this.#settings.root));
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
    await this.#ready();
    const started = performance.now();
    const sink = new TextSink(this.#settings.outputLimit);
    const running = this.#channel.execute(`${line} </dev/null >&8 2>&8 8>&-\n`, sink);
    // Where the sandbox breaks while the warden is asked, the warden's own failure is the one that is thrown.
    running.catch(() => undefined);
    const ended = await this.#patrol(running, started + timeout * 1000, signal);
    const outcome = ended ?? (await this.#interrupt(running, started));
    if (outcome.type !== 'status') await this.#restart(outcome);
    signal?.throwIfAborted();
    const { output, newline, omitted, tail } = sink.finish();
    const notes = this.#notes.splice(0);
    const exitCode = ended === undefined || outcome.type === 'silence' ? null : outcome.status;
    const shown = nameSignals(output, exitCode);
    return {
      output: notes.length === 0 ? shown : [...(shown === '' ? [] : [shown]), ...notes].join('\n'),
      exitCode,
      newline: newline || notes.length > 0,
      timedOut: ended === undefined,
      omitted,
      ...(omitted > 0 && { tail }),
    };
  }

  async #ready(): Promise<void> {
    if (this.#process === 0) return this.#start();
    const death = this.#channel.takeDeath();
    if (death !== undefined) await this.#restart(death);
  }

  /** @returns undefined when it is time, or the signal was aborted */
  async #patrol(
    running: Promise<Ending>,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<Outcome | undefined> {
    for (;;) {
      const left = deadline - performance.now();
      const ending = await within(running, Math.min(left, PATROL * 1000), signal);
      if (ending !== undefined) return ending;
      if (left <= PATROL * 1000 || signal?.aborted) return undefined;
      const { status } = await this.#warden.call(`kill -0 ${this.#process}`);
      if (status !== 0) return (await within(running, GRACE * 1000)) ?? { type: 'silence' };
    }
  }

  /** Ctrl-C; then an end for what does not heed it; then for the bash itself. */
  async #interrupt(running: Promise<Ending>, started: number): Promise<Outcome> {
    const bash = this.#process;
    // What was there before the command goes on, unless nothing else helps.
    const age = (): number => Math.ceil((performance.now() - started) / 1000) + 1;
    await this.#warden.call(`kill -INT ${bash}; strike ${bash} INT ${EVER}`);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const ending = await within(running, GRACE * 1000);
      if (ending !== undefined) return ending;
      await this.#warden.call(`strike ${bash} KILL ${age()}; kill -INT ${bash}`);
    }
    await this.#warden.call(`strike ${bash} KILL ${EVER}; kill -KILL ${bash}`);
    return (await within(running, GRACE * 1000)) ?? { type: 'silence' };
  }

  async #restart(outcome: Outcome): Promise<void> {
    const how = outcome.type === 'silence' ? 'was lost' : `ended with status ${outcome.status}`;
    this.note(restarted(how, this.#settings.root));
    if (outcome.type === 'silence' || !(await this.#wake())) await this.#start();
  }

  /**
   * Starts the keeper of this bash, and the bash.
   *
   * @throws SandboxError none can be started, although every other process was ended
   */
  async #start(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      if ((await this.#keep()) && (await this.#wake())) return;
      // The rollout has started as many processes as it may.
      this.note('[no shell could be started; all processes of the rollout were ended]');
      await this.#warden.sweep();
    }
    throw new SandboxError('no shell can be started in the sandbox');
  }

  /** @returns whether a process could be started */
  async #keep(): Promise<boolean> {
    // Two keepers would take each other's lines.
    if (this.#keeper > 0) {
      await this.#warden.call(`kill -KILL ${this.#keeper}; strike ${this.#keeper} KILL ${EVER}`);
    }
    const { input, output } = this.#descriptors;
    const closed = [3, 4, 5, 6].map((descriptor) => `${descriptor}>&-`).join(' ');
    // Job control, since without it bash has what it starts in the background ignore interrupts for good.
    const { bytes } = await this.#warden.call(
      `set -m; keep ${this.#channel.deathNonce} <&${input} 8>&${output} ${closed} >/dev/null 2>&1 & set +m; echo $! >&8`,
    );
    this.#keeper = Number(bytes.toString('latin1'));
    return this.#keeper > 0;
  }

  /**
   * Has the keeper start a bash; what an earlier one left unread in the pipe is skipped by it.
   *
   * @returns whether it answers
   */
  async #wake(): Promise<boolean> {
    this.#channel.send(`\ngo ${this.#channel.deathNonce}\n`);
    const sink = new ByteSink(100);
    const lines = `cd ${quote(this.#settings.root)}; unset PS1 PS2 HISTFILE MAILCHECK OLDPWD\n`;
    const greeting = this.#channel.execute(`set +o history +H; history -c\n${lines}echo " $$" >&8\n`, sink);
    const ending = await within(greeting, START * 1000);
    this.#process =
      ending?.type === 'status' ? Number(sink.finish().toString('latin1').split(' ').at(-1)) : 0;
    return this.#process > 0;
  }
}

function restarted(how: string, root: string): string {
  return `[the shell ${how} and was started again in ${root}]`;
}

/** Longest argument that the kernel hands to a program, with room for what stands beside it. */
const ARGUMENT_LIMIT = 120_000;

function freshBash(command: string): string {
  if (Buffer.byteLength(command) < ARGUMENT_LIMIT) return `bash -c ${quote(command)}`;
  return `bash /dev/fd/9 9<<<${quote(command)}`;
}

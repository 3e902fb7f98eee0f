import { performance } from 'node:perf_hooks';
import type { CommandResult } from '../sandbox/index.ts';
import type { LimitReason } from '../trajectory/index.ts';

/** Time-outs in a row that end a rollout. */
const MOST_TIMEOUTS = 3;

/** Counts the time of a rollout's commands, and holds each of them to what is left. */
export class CommandClock {
  readonly #commandSeconds: number;
  readonly #totalSeconds: number;
  #spent = 0;
  #timeouts = 0;

  /**
   * @param commandSeconds for one command
   * @param totalSeconds for all commands of the rollout
   */
  constructor(commandSeconds: number, totalSeconds: number) {
    this.#commandSeconds = commandSeconds;
    this.#totalSeconds = totalSeconds;
  }

  /** Runs a command; `run` gets the seconds that it may take. */
  async time(run: (seconds: number) => Promise<CommandResult>): Promise<TimedResult> {
    const limit = Math.min(this.#commandSeconds, this.#totalSeconds - this.#spent);
    const started = performance.now();
    try {
      const result = await run(limit);
      this.#timeouts = result.timedOut ? this.#timeouts + 1 : 0;
      return { ...result, limit };
    } finally {
      this.#spent += (performance.now() - started) / 1000;
    }
  }

  /** Why no further command may run. */
  get end(): LimitReason | undefined {
    if (this.#timeouts >= MOST_TIMEOUTS) return 'exit_command_timeout';
    if (this.#spent >= this.#totalSeconds) return 'exit_total_execution_time';
    return undefined;
  }
}

export interface TimedResult extends CommandResult {
  /** Seconds that the command was given. */
  readonly limit: number;
}

import type { CommandResult, Sandbox } from '../../sandbox/index.ts';
import type { Answer } from '../../teacher/index.ts';
import type { Message } from '../../trajectory/index.ts';
import { FormatError, malformed, type ReadCall, readCall } from '../call.ts';
import type { CommandClock, TimedResult } from '../clock.ts';
import type { Toolbox, Turn } from '../profile.ts';
import { readable } from '../readable.ts';
import type { Template } from '../template.ts';
import { CUT_OFF, NO_CALL, NOT_RUN, timedOut } from './messages.ts';
import type { Observe, Outcome } from './observe.ts';
import { MINI_TOOLS } from './tools.ts';

const SUBMISSION = 'COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT';

export interface MiniParts {
  readonly sandbox: Sandbox;
  readonly clock: CommandClock;
  readonly observe: Observe;
  /** `error` */
  readonly formatError: Template;
}

export class MiniToolbox implements Toolbox {
  readonly #parts: MiniParts;

  constructor(parts: MiniParts) {
    this.#parts = parts;
  }

  async execute(answer: Pick<Answer, 'message' | 'finish'>, signal?: AbortSignal): Promise<Turn> {
    try {
      return await this.#run(readCalls(answer), signal);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return malformed(answer.message, this.#parts.formatError({ error: error.message }));
    }
  }

  async #run(calls: readonly ReadCall[], signal: AbortSignal | undefined): Promise<Turn> {
    const { sandbox, clock, observe } = this.#parts;
    const messages: Message[] = [];
    let submission: string | undefined;
    for (const call of calls) {
      let outcome = NOTHING;
      if (submission === undefined && clock.end === undefined) {
        const command = String(call.arguments.command);
        const result = await clock.time((timeout) =>
          sandbox.run(command, { timeout, ...(signal && { signal }) }),
        );
        outcome = outcomeOf(result);
        submission = submissionOf(result);
      }
      messages.push({ role: 'tool', toolCallId: call.id, content: observe(outcome) });
    }
    if (submission === undefined) return { type: 'observed', messages };
    return { type: 'submitted', messages, patch: submission === '' ? await sandbox.patch() : submission };
  }
}

const NOTHING: Outcome = { output: '', returncode: -1, exception: NOT_RUN, omitted: 0, tail: '' };

function readCalls({ message, finish }: Pick<Answer, 'message' | 'finish'>): ReadCall[] {
  if (finish === 'length') throw new FormatError(CUT_OFF);
  if (!message.toolCalls?.length) throw new FormatError(NO_CALL);
  return message.toolCalls.map((call) => readCall(call, MINI_TOOLS));
}

function outcomeOf(result: TimedResult): Outcome {
  const end = result.newline ? '\n' : '';
  return {
    output: readable(result.omitted > 0 ? result.output : result.output + end),
    returncode: result.exitCode ?? -1,
    exception: result.timedOut ? timedOut(result.limit) : '',
    omitted: result.omitted,
    tail: readable((result.tail ?? '') + end),
  };
}

/** What stands behind the submission's first line, or undefined where the command does not submit. */
function submissionOf({ output, newline, exitCode, omitted }: CommandResult): string | undefined {
  const [first = '', ...rest] = output.trimStart().split('\n');
  if (exitCode !== 0 || first.trim() !== SUBMISSION) return undefined;
  if (omitted > 0 || rest.every((line) => line.trim() === '')) return '';
  return `${rest.join('\n')}${newline ? '\n' : ''}`;
}

import { performance } from 'node:perf_hooks';
import { UsageError } from '../error.ts';
import { SandboxError } from '../sandbox/index.ts';
import {
  type Answer,
  BudgetError,
  ContextOverflowError,
  TeacherRefusedError,
  TeacherUnavailableError,
} from '../teacher/index.ts';
import type { ExitStatus, LimitReason, Message, ModelCall, Trajectory } from '../trajectory/index.ts';
import type { RolloutRequest } from './agent.ts';
import { CommandClock } from './clock.ts';
import type { Profile, Toolbox } from './profile.ts';

/** Answers in a row that could not be acted on and end a rollout. */
const MOST_FORMAT_ERRORS = 3;

type End =
  | { readonly reason: 'submitted'; readonly patch: string }
  | { readonly reason: LimitReason; readonly error?: string };

/**
 * One rollout: ask, execute, append, until there is an end. It knows neither providers nor tools, and its history
 * is one list that only grows: what was sent is what is recorded.
 */
export class Loop {
  readonly #profile: Profile;
  readonly #request: RolloutRequest;
  readonly #clock: CommandClock;
  readonly #toolbox: Toolbox;
  readonly #messages: Message[];
  readonly #calls: ModelCall[] = [];
  #costUsd = 0;
  #formatErrors = 0;

  constructor(profile: Profile, request: RolloutRequest) {
    const { sandbox, instruction, limits } = request;
    this.#profile = profile;
    this.#request = request;
    this.#clock = new CommandClock(limits.commandSeconds, limits.totalSeconds);
    this.#toolbox = profile.start(sandbox, this.#clock);
    this.#messages = [...profile.open(instruction)];
  }

  async run(): Promise<Trajectory> {
    const started = performance.now();
    let end: End | undefined;
    while (end === undefined) end = await this.#step();
    const patch = end.reason === 'submitted' ? end.patch : await this.#patchLeft();
    return {
      profile: this.#profile.name,
      tools: this.#profile.tools,
      messages: this.#messages,
      calls: this.#calls,
      steps: this.#calls.length,
      exitStatus: exitStatus(end.reason, patch),
      patch,
      seconds: (performance.now() - started) / 1000,
      ...('error' in end && { error: end.error }),
    };
  }

  async #step(): Promise<End | undefined> {
    try {
      this.#request.signal?.throwIfAborted();
      const limit = this.#limit();
      return limit === undefined ? await this.#execute(await this.#ask()) : { reason: limit };
    } catch (error) {
      this.#request.signal?.throwIfAborted();
      return endOf(error);
    }
  }

  #limit(): LimitReason | undefined {
    const { steps, costUsd } = this.#request.limits;
    if (this.#formatErrors >= MOST_FORMAT_ERRORS) return 'exit_format';
    if (this.#clock.end !== undefined) return this.#clock.end;
    if (costUsd > 0 && this.#costUsd >= costUsd) return 'exit_cost';
    return this.#calls.length >= steps ? 'exit_step_limit' : undefined;
  }

  async #ask(): Promise<Answer> {
    const { conversation, signal, onEvent } = this.#request;
    const answer = await conversation.ask(
      { messages: [...this.#messages], tools: this.#profile.tools },
      signal,
    );
    const { message, model, usage, costUsd, latencyMs, retries, finish } = answer;
    this.#calls.push({ message: this.#messages.length, model, usage, costUsd, latencyMs, retries, finish });
    this.#messages.push(message);
    this.#costUsd += costUsd;
    const { input: inputTokens, output: outputTokens } = usage;
    onEvent?.({ type: 'answer', step: this.#calls.length, inputTokens, outputTokens, costUsd });
    return answer;
  }

  async #execute(answer: Answer): Promise<End | undefined> {
    const turn = await this.#toolbox.execute(answer, this.#request.signal);
    this.#messages.push(...turn.messages);
    this.#formatErrors = turn.type === 'malformed' ? this.#formatErrors + 1 : 0;
    this.#request.onEvent?.({
      type: 'observation',
      step: this.#calls.length,
      tool: answer.message.toolCalls?.[0]?.name ?? '',
      characters: turn.messages.reduce((sum, { content }) => sum + content.length, 0),
    });
    return turn.type === 'submitted' ? { reason: 'submitted', patch: turn.patch } : undefined;
  }

  /** The patch of a rollout that did not submit: what it has changed so far is worth keeping. */
  async #patchLeft(): Promise<string> {
    try {
      return await this.#request.sandbox.patch();
    } catch {
      return '';
    }
  }
}

/** @throws what concerns the whole run, not this rollout alone */
function endOf(error: unknown): End {
  if (error instanceof TeacherRefusedError || error instanceof BudgetError || error instanceof UsageError)
    throw error;
  const message = String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? '';
  return { reason: reasonOf(error), error: message };
}

function reasonOf(error: unknown): LimitReason {
  if (error instanceof ContextOverflowError) return 'exit_context';
  if (error instanceof TeacherUnavailableError) return 'exit_api';
  if (error instanceof SandboxError) return 'exit_environment_error';
  return 'exit_error';
}

function exitStatus(reason: End['reason'], patch: string): ExitStatus {
  return reason === 'submitted' || patch === '' ? reason : `submitted (${reason})`;
}

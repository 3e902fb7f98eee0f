import type { Message, ToolDefinition } from './message.ts';

/** Tokens of one model call. `input` counts the whole prompt, the cached part included. */
export interface Usage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** One answer of a model: what it cost, how long it took, who gave it. */
export interface ModelCall {
  /** Index in the trajectory's messages of the assistant message that came back; -1 outside a rollout. */
  readonly message: number;
  /** The endpoint's model name. */
  readonly model: string;
  readonly usage: Usage;
  readonly costUsd: number;
  /** Milliseconds from the request's start to the end of the answer, retries not counted. */
  readonly latencyMs: number;
  /** Requests that failed and were repeated before this answer came. */
  readonly retries: number;
  readonly finish: FinishReason;
}

export type FinishReason = 'stop' | 'tool_calls' | 'length' | 'content_filter' | 'other';

/** Why a rollout ended other than by submitting. */
export const LIMIT_REASONS = [
  'exit_cost',
  'exit_context',
  'exit_format',
  'exit_command_timeout',
  'exit_total_execution_time',
  'exit_api',
  'exit_environment_error',
  'exit_error',
  'exit_step_limit',
] as const;
export type LimitReason = (typeof LIMIT_REASONS)[number];

/** `submitted`; `submitted (exit_…)` where a limit ended the rollout and a patch was there; else `exit_…`. */
export type ExitStatus = 'submitted' | `submitted (${LimitReason})` | LimitReason;

/** The complete record of one rollout. */
export interface Trajectory {
  readonly profile: string;
  /** The tools as they were offered in every call. */
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  readonly calls: readonly ModelCall[];
  /** Turns in which the model was asked. */
  readonly steps: number;
  readonly exitStatus: ExitStatus;
  /** Unified diff against the rollout's starting point; empty where nothing changed. */
  readonly patch: string;
  /** Wall-clock seconds. */
  readonly seconds: number;
  /** One line on the cause where `exitStatus` names an error. */
  readonly error?: string;
}

/** Sums usage over calls. */
export function totalUsage(calls: readonly { readonly usage: Usage }[]): Usage {
  return calls.reduce<Usage>(
    (sum, { usage }) => ({
      input: sum.input + usage.input,
      cached: sum.cached + usage.cached,
      output: sum.output + usage.output,
    }),
    { input: 0, cached: 0, output: 0 },
  );
}

/** Sums US dollars over calls. */
export function totalCost(calls: readonly { readonly costUsd: number }[]): number {
  return calls.reduce((sum, call) => sum + call.costUsd, 0);
}

import type { Sandbox } from '../sandbox/index.ts';
import type { Conversation } from '../teacher/index.ts';
import type { Trajectory } from '../trajectory/index.ts';

export type ProfileName = 'swe-agent' | 'mini';

export interface AgentLimits {
  /** Turns in which the model is asked. */
  readonly steps: number;
  /** US dollars for one rollout; 0 means no limit. */
  readonly costUsd: number;
  /** Seconds for one command. */
  readonly commandSeconds: number;
  /** Seconds of commands for one rollout. */
  readonly totalSeconds: number;
}

export interface RolloutRequest {
  readonly sandbox: Sandbox;
  readonly conversation: Conversation;
  /** What the model is asked to do; the profile puts its own words around it. */
  readonly instruction: string;
  readonly limits: AgentLimits;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: AgentEvent) => void;
}

/** What happens in a rollout, for progress and logs. */
export type AgentEvent =
  | {
      readonly type: 'answer';
      readonly step: number;
      readonly inputTokens: number;
      readonly outputTokens: number;
      readonly costUsd: number;
    }
  | {
      readonly type: 'observation';
      readonly step: number;
      readonly tool: string;
      readonly characters: number;
    };

/** The loop with a tool profile around it. */
export interface Agent {
  readonly profile: ProfileName;
  /**
   * Asks, executes, appends, until the model submits or a limit ends it. Errors of the model's endpoint or of
   * the sandbox end the rollout with an exit status; only what concerns the whole run is thrown.
   *
   * @throws TeacherRefusedError, BudgetError, a UsageError such as TemplateError, and the signal's reason when it is
   *   aborted
   */
  rollout(request: RolloutRequest): Promise<Trajectory>;
}

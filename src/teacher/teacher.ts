import type { AssistantMessage, FinishReason, Message, ToolDefinition, Usage } from '../trajectory/index.ts';
import type { ModelPrice } from './prices.ts';

/** What a conversation is for; the offline teacher plays a different part in each. */
export type Purpose = 'rollout' | 'self-review' | 'pull-request';

export interface ConversationOptions {
  readonly purpose: Purpose;
  /** Names the conversation: the same key meets the same recorded or seeded answers again. */
  readonly key: string;
}

/** Who answers. One teacher serves all rollouts of a run, whatever the number of endpoints behind it. */
export interface Teacher {
  /** The specification it was made from, without any secret: `openai:GLM-4.6@http://…`, `offline`. */
  readonly spec: string;
  /** True for the offline teacher: its data is for trying out, never for training. */
  readonly offline: boolean;
  /** US dollars of the run so far: what earlier processes spent, and every answer of this one. */
  readonly spentUsd: number;
  /** Prices of the models behind it; none for a program or a recording. */
  readonly prices: readonly ModelPrice[];
  /** Starts a conversation, pinned to the least busy endpoint that is alive. */
  open(options: ConversationOptions): Conversation;
}

export interface Question {
  /** The whole history; in later questions of a conversation it has grown and is otherwise unchanged. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
}

export interface Answer {
  readonly message: AssistantMessage;
  readonly model: string;
  readonly usage: Usage;
  readonly costUsd: number;
  readonly latencyMs: number;
  readonly retries: number;
  readonly finish: FinishReason;
}

export interface Conversation {
  /**
   * @throws ContextOverflowError the history does not fit into the model's context
   * @throws TeacherUnavailableError no endpoint answered, retries included
   * @throws TeacherRefusedError a bad key, an unknown model, no credit: no call of this run can succeed
   * @throws BudgetError the run's budget is spent
   */
  ask(question: Question, signal?: AbortSignal): Promise<Answer>;
  /** Gives the endpoint's place free. */
  close(): void;
}

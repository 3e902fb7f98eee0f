import type { Message, ToolDefinition } from '../trajectory/index.ts';

/** One trajectory that may become a training sample, wherever it came from. */
export interface Candidate {
  /** Unique in its source: `owner__name-0123456789ab-t1`. */
  readonly id: string;
  readonly messages: readonly Message[];
  /** The tools as they were offered; empty where the source does not tell. */
  readonly tools: readonly ToolDefinition[];
  readonly metadata: Metadata;
}

/**
 * Where a sample comes from: one column beside the messages, which trainers pass over. Every key is always there
 * and of one type, since Arrow infers a column's type from its first rows; null where the source does not tell.
 */
export interface Metadata {
  readonly repository: string | null;
  readonly commit: string | null;
  /** `file::name` of the function that the task began with. */
  readonly function: string | null;
  readonly file: string | null;
  readonly language: string | null;
  readonly topic: string | null;
  readonly teacher: string | null;
  readonly profile: string | null;
  /** 1 from the vague instruction, 2 from the pull request alone. */
  readonly rollout: number | null;
  readonly exit_status: string | null;
  readonly steps: number | null;
  /** The rollout's own patch. */
  readonly patch: string | null;
  /** The synthetic pull request between the two rollouts. */
  readonly pull_request: string | null;
  /** Changed lines of the first patch, those of them in the second, and the quotient. */
  readonly matched: number | null;
  readonly total: number | null;
  readonly recall: number | null;
  readonly cost_usd: number | null;
  /** True where the offline teacher made it: for trying out, never for training. */
  readonly offline: boolean;
}

export const NO_METADATA: Metadata = {
  repository: null,
  commit: null,
  function: null,
  file: null,
  language: null,
  topic: null,
  teacher: null,
  profile: null,
  rollout: null,
  exit_status: null,
  steps: null,
  patch: null,
  pull_request: null,
  matched: null,
  total: null,
  recall: null,
  cost_usd: null,
  offline: false,
};

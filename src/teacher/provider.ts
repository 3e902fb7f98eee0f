import type { AssistantMessage, FinishReason, Usage } from '../trajectory/index.ts';
import type { Key } from './keys.ts';
import type { Question } from './teacher.ts';
import type { WatchLimits } from './watch.ts';

/** Tokens as an endpoint reports them; `written` is the part of `input` put into its prompt cache, where that costs extra. */
export interface TokenUsage extends Usage {
  readonly written: number;
}

/** One answer as it came, before it has a price. */
export interface Completion {
  readonly message: AssistantMessage;
  /** Undefined where the endpoint reports none. */
  readonly usage: TokenUsage | undefined;
  readonly finish: FinishReason;
}

/** One protocol at one address: makes a single request, without retries. */
export interface Provider {
  readonly model: string;
  /** For messages to the person: `GLM-4.6 at https://api.z.ai`. */
  readonly name: string;
  /** The variable that holds the key, or may. */
  readonly keyVariable: string;
  /** @throws Fault, or the signal's reason */
  complete(question: Question, signal: AbortSignal | undefined): Promise<Completion>;
}

/** How a model is asked, whatever the protocol. */
export interface Sampling {
  readonly temperature: number;
  /** Tokens of one answer; the endpoint's own limit where undefined. */
  readonly maxOutputTokens: number | undefined;
  /** Tokens of reasoning that Claude is given; none where undefined. */
  readonly thinkingTokens: number | undefined;
}

export interface EndpointSettings {
  readonly model: string;
  /** Up to and without `/chat/completions` or `/messages`. */
  readonly url: string;
  readonly key: Key;
  readonly sampling: Sampling;
  readonly limits: WatchLimits;
  readonly log: (line: string) => void;
}

import type { ClientCall, ReasoningField } from './conversation.ts';

/** What a client is told of an answer, in the order in which it is to be shown. */
export type AnswerEvent =
  | { readonly type: 'reasoning'; readonly text: string; readonly field: ReasoningField }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly call: ClientCall }
  | { readonly type: 'end'; readonly end: AnswerEnd };

export interface AnswerEnd {
  readonly finish: 'stop' | 'calls' | 'length' | 'refused';
  readonly usage: AnswerUsage;
}

export interface AnswerUsage {
  /** All prompt tokens, the cached ones among them. */
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

export const NO_USAGE: AnswerUsage = { input: 0, cached: 0, output: 0 };

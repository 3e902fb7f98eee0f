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

/** How a whole answer ended. */
export function endOf(events: readonly AnswerEvent[]): AnswerEnd {
  return events.find((event) => event.type === 'end')?.end ?? { finish: 'stop', usage: NO_USAGE };
}

/** Pieces of one text as one event. */
export function joinPieces(events: readonly AnswerEvent[]): AnswerEvent[] {
  const result: AnswerEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type === 'text' && last?.type === 'text')
      result[result.length - 1] = { ...last, text: last.text + event.text };
    else if (event.type === 'reasoning' && last?.type === 'reasoning')
      result[result.length - 1] = { ...last, text: last.text + event.text };
    else result.push(event);
  }
  return result;
}

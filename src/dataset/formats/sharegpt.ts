import type { Message } from '../../trajectory/index.ts';
import { type ReasoningMode, spoken, written } from '../reasoning.ts';
import { turns } from '../turns.ts';
import { HERMES } from './hermes.ts';

export interface ShareGptMessage {
  readonly from: 'system' | 'human' | 'gpt' | 'observation';
  readonly value: string;
}

/** Between two results of one turn: the reader puts the outer tags around the whole. */
const NEXT_RESULT = '\n</tool_response>\n<tool_response>\n';

/**
 * `sharegpt`, as LLaMA-Factory reads it. A turn is one `gpt` value with its thought, its text and its calls in
 * Hermes notation: LLaMA-Factory's own `function_call` has no place for text beside a call.
 *
 * @returns undefined where the reasoning mode can't be applied to one of the messages
 */
export function sharegpt(
  messages: readonly Message[],
  reasoning: ReasoningMode,
): ShareGptMessage[] | undefined {
  const conversation: ShareGptMessage[] = [];
  for (const turn of turns(messages)) {
    if (turn.role === 'system') conversation.push({ from: 'system', value: turn.text });
    else if (turn.role === 'user') conversation.push({ from: 'human', value: turn.text });
    else if (turn.role === 'tool')
      conversation.push({ from: 'observation', value: turn.results.join(NEXT_RESULT) });
    else {
      const said = spoken(turn.message, reasoning);
      if (!said) return undefined;
      const parts = [written(said), HERMES.calls(turn.message)].filter((part) => part !== '');
      conversation.push({ from: 'gpt', value: parts.join('\n\n') });
    }
  }
  return conversation;
}

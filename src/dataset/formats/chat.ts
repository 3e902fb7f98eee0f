import type { AssistantMessage, Message } from '../../trajectory/index.ts';
import { isTrainable } from '../call.ts';
import { type ReasoningMode, spoken, written } from '../reasoning.ts';
import { turns } from '../turns.ts';

/** One message of a sample whose calls and results are text; `train` says whether the student learns from it. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
  readonly train: boolean;
}

/** How a format writes the calls of a turn, and the results that come back. */
export interface Notation {
  calls(message: AssistantMessage): string;
  results(results: readonly string[]): string;
}

export interface ChatOptions {
  readonly reasoning: ReasoningMode;
  /** Stands in place of the history's own system message, or before a history that has none. */
  readonly system?: string;
}

/**
 * Writes a history as plain chat in a notation.
 *
 * @returns undefined where the reasoning mode can't be applied to one of the messages
 */
export function chat(
  messages: readonly Message[],
  notation: Notation,
  options: ChatOptions,
): ChatMessage[] | undefined {
  const { system, reasoning } = options;
  const written: ChatMessage[] = [];
  if (system && messages[0]?.role !== 'system')
    written.push({ role: 'system', content: system, train: false });
  for (const turn of turns(messages)) {
    if (turn.role === 'assistant') {
      const content = assistantText(turn.message, notation, reasoning);
      if (content === undefined) return undefined;
      written.push({ role: 'assistant', content, train: isTrainable(turn.message) });
    } else if (turn.role === 'tool') {
      written.push({ role: 'user', content: notation.results(turn.results), train: false });
    } else {
      const content = turn.role === 'system' ? (system ?? turn.text) : turn.text;
      written.push({ role: turn.role, content, train: false });
    }
  }
  return written;
}

function assistantText(
  message: AssistantMessage,
  notation: Notation,
  reasoning: ReasoningMode,
): string | undefined {
  const said = spoken(message, reasoning);
  if (!said) return undefined;
  return [written(said), notation.calls(message)].filter((part) => part !== '').join('\n\n');
}

import type { AssistantMessage } from '../trajectory/index.ts';
import { strip } from './python/text.ts';

/** What becomes of the teacher's reasoning trace in a training sample. */
export const REASONING_MODES = ['as_is', 'add_think', 'keep_only_think', 'keep_only_non_think'] as const;
export type ReasoningMode = (typeof REASONING_MODES)[number];

/** What an assistant message says before its calls; `thought` is what goes between the think tags. */
export interface Spoken {
  readonly thought?: string;
  readonly text: string;
}

/**
 * Applies a mode to one assistant message.
 *
 * - `as_is`: the text as it was; a trace that came apart from the text stands before it.
 * - `add_think`: the text becomes the thought, for a teacher that has none of its own.
 * - `keep_only_think`: the thought, or the text where there is none.
 * - `keep_only_non_think`: the text as the thought, or the thought where there is no text.
 *
 * A message without calls keeps its text, since the text is all that it does.
 *
 * @returns undefined where thought and text can't be told apart (think tags unbalanced or more than one pair)
 */
export function spoken(message: AssistantMessage, mode: ReasoningMode): Spoken | undefined {
  const acts = (message.toolCalls?.length ?? 0) > 0;
  if (mode === 'as_is' || (mode === 'add_think' && (message.reasoning !== undefined || !acts))) {
    return asItWas(message);
  }
  if (mode === 'add_think') return { thought: strip(message.content), text: '' };
  const parts = apart(message);
  if (!parts || !acts) return parts;
  const { thought = '', text } = parts;
  const kept = mode === 'keep_only_think' ? thought || text : text || thought;
  return { thought: kept, text: '' };
}

/** The text with its thought before it, as Qwen3 was trained on it. */
export function written({ thought, text }: Spoken): string {
  if (thought === undefined) return text;
  return text ? `${think(thought)}\n\n${text}` : think(thought);
}

/** Thought and text of a message, whether the trace came apart or within the text; both without edges. */
export function apart(message: AssistantMessage): Spoken | undefined {
  if (message.reasoning !== undefined) {
    if (/<\/?think>/.test(message.reasoning + message.content)) return undefined;
    return asItWas(message);
  }
  const content = strip(message.content);
  if (!/<\/?think>/.test(content)) return { text: content };
  const blocks = [...content.matchAll(/<think>(.*?)<\/think>/gs)];
  const [block] = blocks;
  if (!block || blocks.length > 1) return undefined;
  const thought = strip(block[1] ?? '');
  const rest = content.slice(block.index + block[0].length);
  if (block.index === 0) return { thought, text: strip(rest) };
  return { text: strip(`${content.slice(0, block.index)}${think(thought)}${rest}`) };
}

function asItWas({ reasoning, content }: AssistantMessage): Spoken {
  return reasoning === undefined ? { text: content } : { thought: strip(reasoning), text: strip(content) };
}

function think(thought: string): string {
  return `<think>\n${thought}\n</think>`;
}

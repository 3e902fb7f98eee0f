import type { AssistantMessage, Message, ToolCall, ToolMessage } from '../../trajectory/index.ts';
import { callArguments, isTrainable } from '../call.ts';
import { dumps } from '../python/dumps.ts';
import { apart, type ReasoningMode, spoken } from '../reasoning.ts';

/** One message of the chat completions API, with the training flag. */
export type OpenAiMessage = { readonly content: string; readonly train: boolean } & (
  | { readonly role: 'system' }
  | { readonly role: 'user' }
  | {
      readonly role: 'assistant';
      readonly reasoning_content?: string;
      // Not readonly, as the API's own types have it.
      readonly tool_calls?: OpenAiCall[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string }
);

export interface OpenAiCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/**
 * `openai`: native `tool_calls`, the thought in `reasoning_content` also where the teacher wrote it into the text.
 * Arguments are JSON as Python writes it.
 *
 * @returns undefined where the reasoning mode can't be applied to one of the messages
 */
export function openai(messages: readonly Message[], reasoning: ReasoningMode): OpenAiMessage[] | undefined {
  const written = messages.map((message): OpenAiMessage | undefined => {
    if (message.role === 'tool') return toolResult(message);
    if (message.role !== 'assistant') return { role: message.role, content: message.content, train: false };
    const said =
      reasoning === 'as_is' ? (apart(message) ?? spoken(message, reasoning)) : spoken(message, reasoning);
    return said && answer(message, said.text, said.thought, (call) => dumps(callArguments(call)));
  });
  return written.every((message) => message !== undefined) ? written : undefined;
}

/** `raw`: the messages as they were, arguments to the byte. */
export function raw(messages: readonly Message[]): OpenAiMessage[] {
  return messages.map((message) => {
    if (message.role === 'tool') return toolResult(message);
    if (message.role !== 'assistant') return { role: message.role, content: message.content, train: false };
    return answer(message, message.content, message.reasoning, (call) => call.arguments);
  });
}

function toolResult(message: ToolMessage): OpenAiMessage {
  return { role: 'tool', content: message.content, tool_call_id: message.toolCallId, train: false };
}

function answer(
  message: AssistantMessage,
  content: string,
  thought: string | undefined,
  argumentsOf: (call: ToolCall) => string,
): OpenAiMessage {
  const calls = (message.toolCalls ?? []).map(
    (call): OpenAiCall => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: argumentsOf(call) },
    }),
  );
  return {
    role: 'assistant',
    content,
    ...(thought === undefined ? {} : { reasoning_content: thought }),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    train: isTrainable(message),
  };
}

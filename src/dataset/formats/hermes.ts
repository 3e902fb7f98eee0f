import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { callText } from '../call.ts';
import { dumps, fromPlain } from '../python/dumps.ts';
import { toolsBlock } from '../tokens/template.ts';
import { type ChatMessage, type ChatOptions, chat, type Notation } from './chat.ts';

export const HERMES: Notation = {
  calls: (message) =>
    (message.toolCalls ?? []).map((call) => `<tool_call>\n${callText(call)}\n</tool_call>`).join('\n'),
  results: (results) => results.map((result) => `<tool_response>\n${result}\n</tool_response>`).join('\n'),
};

/** `hermes`: calls as JSON in `<tool_call>` tags, results as user messages in `<tool_response>` tags. */
export function hermes(messages: readonly Message[], options: ChatOptions): ChatMessage[] | undefined {
  return chat(messages, HERMES, options);
}

/**
 * The system message with the tools that it offers, in the words of Qwen3's chat template: a server that is given the
 * tools apart puts exactly them before the student.
 */
export function hermesSystem(system: string, tools: readonly ToolDefinition[]): string {
  if (tools.length === 0) return system;
  const block = toolsBlock(tools.map((tool) => dumps(toolSchema(tool))));
  return system ? `${system}\n\n${block}` : block;
}

/** A tool as chat completion APIs describe it. */
export function toolSchema({ name, description, parameters }: ToolDefinition) {
  return fromPlain({ type: 'function', function: { name, description, parameters } });
}

import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { callText } from '../call.ts';
import { dumps, fromPlain } from '../python/dumps.ts';
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
 * The system message with the tools that it offers. The words around the list are those of Qwen3's chat template:
 * a server that is given the tools apart puts exactly them before the student.
 */
export function hermesSystem(system: string, tools: readonly ToolDefinition[]): string {
  if (tools.length === 0) return system;
  const lines = tools.map((tool) => dumps(toolSchema(tool)));
  const block = `${OPENING}\n<tools>\n${lines.join('\n')}\n</tools>\n\n${CLOSING}`;
  return system ? `${system}\n\n${block}` : block;
}

/** A tool as chat completion APIs describe it. */
export function toolSchema({ name, description, parameters }: ToolDefinition) {
  return fromPlain({ type: 'function', function: { name, description, parameters } });
}

// From the chat template of Qwen/Qwen3-32B (Apache-2.0).
const OPENING = `# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:`;
const CLOSING = `For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>`;

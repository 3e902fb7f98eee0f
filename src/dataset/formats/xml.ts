import type { Message, ToolCall, ToolDefinition } from '../../trajectory/index.ts';
import { callArguments } from '../call.ts';
import { dumps, fromPlain } from '../python/dumps.ts';
import { str } from '../python/text.ts';
import { type ChatMessage, type ChatOptions, chat, type Notation } from './chat.ts';

/** Parameters that hold source text and so stand on lines of their own. */
const BLOCKS: ReadonlySet<string> = new Set(['old_str', 'new_str', 'file_text']);

export const XML: Notation = {
  calls: (message) => (message.toolCalls ?? []).map(xmlCall).join('\n'),
  results: (results) => results.join('\n'),
};

/** `xml`: calls as `<function=NAME>` with a `<parameter=KEY>` for each argument, results as user messages. */
export function xml(messages: readonly Message[], options: ChatOptions): ChatMessage[] | undefined {
  return chat(messages, XML, options);
}

function xmlCall(call: ToolCall): string {
  const values = callArguments(call);
  const body =
    typeof values === 'string'
      ? [values]
      : [...values].map(([key, value]) => {
          const edge = BLOCKS.has(key) ? '\n' : '';
          return `<parameter=${key}>${edge}${str(value)}${edge}</parameter>`;
        });
  return [`<function=${call.name}>`, ...body, '</function>'].join('\n');
}

/** The system message with the tools that it offers and how to call them. */
export function xmlSystem(system: string, tools: readonly ToolDefinition[]): string {
  if (tools.length === 0) return system;
  const parts = [INTRODUCTION, ...tools.map(describe), NOTATION];
  return (system ? [system, ...parts] : parts).join('\n\n');
}

function describe({ name, description, parameters }: ToolDefinition): string {
  return `<tool name="${name}">\n${description}\nParameters (JSON Schema): ${dumps(fromPlain(parameters))}\n</tool>`;
}

const INTRODUCTION = 'These tools are at your disposal:';
const NOTATION = `To use a tool, say briefly why, then end your answer with a call in this notation:

<function=tool_name>
<parameter=first_parameter>value</parameter>
<parameter=second_parameter>
a value that spans
several lines
</parameter>
</function>

Give every required parameter, and write nothing after the call.`;

import type { AssistantMessage, Message, ToolCall, ToolDefinition } from '../../trajectory/index.ts';
import { dumps } from '../python/dumps.ts';
import { loads } from '../python/loads.ts';
import { isPythonDict } from '../python/value.ts';
import { withoutNulls } from '../upstream.ts';

/** A message of a sample whose calls are text. */
export interface TextMessage {
  readonly role: string;
  readonly content: string;
}

const CALLS = /^(.*?)(?:\n\n)?((?:<tool_call>\n(?:(?!<\/?tool_call>).)*\n<\/tool_call>\n?)+)$/s;
const CALL = /<tool_call>\n(.*?)\n<\/tool_call>/gs;
const RESPONSES = /^(?:<tool_response>\n.*?\n<\/tool_response>\n?)+$/s;
const RESPONSE = /<tool_response>\n(.*?)\n<\/tool_response>/gs;
const TOOLS = /^(.*?)(?:\n\n)?# Tools\n\n.*?<tools>\n(.*?)\n<\/tools>\n.*$/s;

/** Whether messages carry calls in Hermes notation. */
export function isHermes(messages: readonly TextMessage[]): boolean {
  return messages.some(({ role, content }) =>
    role === 'assistant' ? content.includes('<tool_call>\n') : role === 'system' && TOOLS.test(content),
  );
}

/** Reads a sample in Hermes notation back: calls, results and the tools of the system message. */
export function readHermes(messages: readonly TextMessage[]): {
  messages: Message[];
  tools: ToolDefinition[];
} {
  const read: Message[] = [];
  let tools: ToolDefinition[] = [];
  for (const { role, content } of messages) {
    if (role === 'system' || role === 'tool') {
      const found = readTools(content);
      tools = found?.tools ?? tools;
      const text = found?.system ?? content;
      if (text) read.push({ role: 'system', content: text });
    } else if (role === 'assistant') read.push(readAnswer(content, read.length));
    else read.push(...readResults(content, read.at(-1)));
  }
  return { messages: read, tools };
}

function readTools(system: string): { system: string; tools: ToolDefinition[] } | undefined {
  const [, text = '', lines] = TOOLS.exec(system) ?? [];
  if (lines === undefined) return undefined;
  const tools = lines.split('\n').map((line) => toolOf(JSON.parse(line)));
  return { system: text, tools };
}

/** A tool as chat completion APIs describe it, or only what stands inside. */
export function toolOf(described: unknown): ToolDefinition {
  const outer = withoutNulls(described) as { function?: unknown } | undefined;
  const { name, description, parameters } = (outer?.function ?? outer ?? {}) as Partial<ToolDefinition>;
  if (typeof name !== 'string') throw new Error('a tool has no name');
  return { name, description: description ?? '', parameters: parameters ?? {} };
}

/** What does not read as text and then calls stays text, as it was. */
function readAnswer(content: string, index: number): AssistantMessage {
  const [, text = '', block] = CALLS.exec(content) ?? [];
  if (block === undefined) return { role: 'assistant', content };
  const toolCalls = [...block.matchAll(CALL)].map(([, json = ''], i) => readCall(json, `call_${index}_${i}`));
  if (!toolCalls.every((call) => call !== undefined)) return { role: 'assistant', content };
  return { role: 'assistant', content: text, toolCalls };
}

function readCall(json: string, id: string): ToolCall | undefined {
  const call = loads(json);
  if (call === undefined || !isPythonDict(call)) return undefined;
  const name = call.get('name');
  const values = call.get('arguments');
  if (typeof name !== 'string' || values === undefined) return undefined;
  return { id, name, arguments: typeof values === 'string' ? values : dumps(values) };
}

/** Results are given to the calls of the answer before, in order. */
function readResults(content: string, before: Message | undefined): Message[] {
  const calls = before?.role === 'assistant' ? (before.toolCalls ?? []) : [];
  if (calls.length === 0 || !RESPONSES.test(content)) return [{ role: 'user', content }];
  const results =
    calls.length === 1
      ? [content.slice(OPEN, -CLOSE)]
      : [...content.matchAll(RESPONSE)].map((m) => m[1] ?? '');
  return results.map((result, i) => ({ role: 'tool', toolCallId: calls[i]?.id ?? '', content: result }));
}

const OPEN = '<tool_response>\n'.length;
const CLOSE = '\n</tool_response>'.length;

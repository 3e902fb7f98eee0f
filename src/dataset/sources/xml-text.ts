import type { AssistantMessage, Message, ToolCall, ToolDefinition } from '../../trajectory/index.ts';
import { XML, xmlSystem } from '../formats/xml.ts';
import { dumps } from '../python/dumps.ts';
import { loads } from '../python/loads.ts';
import type { PythonValue } from '../python/value.ts';
import type { TextMessage } from './hermes-text.ts';

const CALL = /^<function=([\w.-]+)>$/gm;
const TOOL = /<tool name="([^"\n]*)">\n(.*?)\nParameters \(JSON Schema\): ([^\n]*)\n<\/tool>/gs;

/** Whether messages carry calls in xml notation. */
export function isXml(messages: readonly TextMessage[]): boolean {
  return messages.some(({ role, content }) => role === 'assistant' && content.search(CALL) >= 0);
}

/**
 * Reads a sample in xml notation back. The notation does not say what type an argument has, so this takes the tools:
 * from the system message, or as they are told. What is read is written again and must give the same text.
 *
 * @returns undefined where the tools are not told or one of the calls does not come back as it was
 */
export function readXml(
  messages: readonly TextMessage[],
  told: readonly ToolDefinition[],
): { messages: Message[]; tools: readonly ToolDefinition[] } | undefined {
  const found = messages.flatMap(({ role, content }) =>
    role === 'system' ? (readTools(content) ?? []) : [],
  );
  const tools = found[0]?.tools ?? told;
  const read: Message[] = [];
  for (const { role, content } of messages) {
    if (role === 'system') {
      const text = found[0]?.system ?? content;
      if (text !== '') read.push({ role, content: text });
    } else if (role === 'assistant') {
      const answer = readAnswer(content, tools, read.length);
      if (!answer) return undefined;
      read.push(answer);
    } else {
      const results = readResults(content, read.at(-1));
      if (!results) return undefined;
      read.push(...results);
    }
  }
  return { messages: read, tools };
}

function readTools(content: string): { system: string; tools: ToolDefinition[] } | undefined {
  const tools = [...content.matchAll(TOOL)].flatMap(([, name = '', description = '', schema = '']) => {
    const parameters = parseObject(schema);
    return parameters ? [{ name, description, parameters }] : [];
  });
  const block = xmlSystem('', tools);
  if (tools.length === 0 || !content.endsWith(block)) return undefined;
  return { system: content.slice(0, -block.length).replace(/\n\n$/, ''), tools };
}

function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Text and then calls; which of several places the calls begin at is told by writing them again. */
function readAnswer(
  content: string,
  tools: readonly ToolDefinition[],
  index: number,
): AssistantMessage | undefined {
  const starts = [...content.matchAll(CALL)].map((match) => match.index);
  if (starts.length === 0) return { role: 'assistant', content };
  for (const start of starts) {
    const toolCalls = readCalls(content.slice(start), tools, index);
    if (!toolCalls) continue;
    const text = content.slice(0, start).replace(/\n\n$/, '');
    const answer: AssistantMessage = { role: 'assistant', content: text, toolCalls };
    const again = [text, XML.calls(answer)].filter((part) => part !== '').join('\n\n');
    if (again === content) return answer;
  }
  return undefined;
}

function readCalls(block: string, tools: readonly ToolDefinition[], index: number): ToolCall[] | undefined {
  const texts = block.split(/(?<=\n<\/function>)\n(?=<function=[\w.-]+>\n)/);
  const calls = texts.map((text, position): ToolCall | undefined => {
    const [, name = '', body] = /^<function=([\w.-]+)>(\n.*)?\n<\/function>$/s.exec(text) ?? [];
    const tool = tools.find((each) => each.name === name);
    if (!tool) return undefined;
    return {
      id: `call_${index}_${position}`,
      name,
      arguments: body === undefined ? '{}' : readArguments(body.slice(1), tool),
    };
  });
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** Arguments that were no JSON object stand there as the model wrote them. */
function readArguments(body: string, { parameters }: ToolDefinition): string {
  const values = new Map<string, PythonValue>();
  let rest = `\n${body}`;
  while (rest !== '') {
    const [whole, key = '', text = ''] = PARAMETER.exec(rest) ?? [];
    if (whole === undefined) return body;
    values.set(key, readValue(text, key, typesOf(parameters, key)));
    rest = rest.slice(whole.length);
  }
  return dumps(values);
}

const PARAMETER = /^\n<parameter=([^>\n]+)>(.*?)<\/parameter>(?=\n<parameter=[^>\n]+>|$)/s;
/** Those that hold source text stand on lines of their own. */
const BLOCKS: ReadonlySet<string> = new Set(['old_str', 'new_str', 'file_text']);
const CONSTANTS: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ['None', null],
  ['True', true],
  ['False', false],
]);

function readValue(written: string, key: string, types: readonly string[]): PythonValue {
  const block = BLOCKS.has(key) && written.length > 1 && written.startsWith('\n') && written.endsWith('\n');
  const text = block ? written.slice(1, -1) : written;
  if (types.length === 0 || types.includes('string')) return text;
  const constant = CONSTANTS.get(text);
  return constant !== undefined ? constant : (loads(text) ?? text);
}

function typesOf(parameters: ToolDefinition['parameters'], key: string): string[] {
  const { properties } = parameters as { properties?: Readonly<Record<string, { type?: unknown } | null>> };
  const type = properties?.[key]?.type;
  return [type].flat().filter((each) => typeof each === 'string');
}

/** Results of several calls stand together; only those of the `mini` profile can be told apart. */
function readResults(content: string, before: Message | undefined): Message[] | undefined {
  const calls = before?.role === 'assistant' ? (before.toolCalls ?? []) : [];
  if (calls.length === 0) return [{ role: 'user', content }];
  const results = calls.length === 1 ? [content] : content.split(/\n(?=<returncode>)/);
  if (results.length !== calls.length) return undefined;
  return results.map((result, i) => ({ role: 'tool', toolCallId: calls[i]?.id ?? '', content: result }));
}

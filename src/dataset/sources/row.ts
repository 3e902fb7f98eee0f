import { z } from 'zod';
import type { ProfileName } from '../../agent/index.ts';
import type { AssistantMessage, Message, ToolDefinition } from '../../trajectory/index.ts';
import type { Untrained } from '../call.ts';
import type { Candidate } from '../candidate.ts';
import { readHistory } from '../upstream.ts';
import { isHermes, readHermes, type TextMessage, toolOf } from './hermes-text.ts';
import { metadataOf } from './metadata.ts';
import { isXml, readXml } from './xml-text.ts';

/** Columns that nest may also hold JSON as text: the published sets do so with `messages`. */
function orJson<T extends z.ZodType>(column: T) {
  return z.preprocess((value) => (typeof value === 'string' ? fromText(value) : value), column);
}

const Row = z.looseObject({
  messages: orJson(z.array(z.looseObject({ role: z.string() })).nullish()),
  conversations: orJson(z.array(z.looseObject({ from: z.string(), value: z.string().nullish() })).nullish()),
  instance_id: z.union([z.string(), z.number().transform(String)]).nullish(),
  tools: orJson(z.array(z.unknown()).nullish()),
  tool_json: orJson(z.array(z.unknown()).nullish()),
});
type Row = z.infer<typeof Row>;

function fromText(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text; // the schema says what is wrong with it
  }
}

/**
 * Reads one row of a data set in any of this project's formats, which are the published ones.
 *
 * @param number counted from 1, for rows without an id
 * @param place the file
 * @throws Error, ZodError the row is none of them
 */
export function readRow(value: unknown, number: number, place = ''): Candidate {
  const row = Row.parse(value);
  const { messages, tools } = conversationOf(row);
  const answers = messages.filter((message) => message.role === 'assistant');
  if (answers.length === 0) throw new Error('nobody answers in it');
  const id = row.instance_id ?? `row-${number}`;
  const told = metadataOf(row, id, place);
  const profile = told.profile ?? (callsStandApart(row) ? profileOf(answers) : null);
  const metadata = { ...told, profile, steps: told.steps ?? answers.length };
  return { id, messages: withTraining(messages, row), tools, metadata };
}

interface Conversation {
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
}

function conversationOf(row: Row): Conversation {
  const tools = (row.tools ?? row.tool_json ?? []).map(toolOf);
  if (row.conversations) return withTools(readHermes(row.conversations.flatMap(fromShareGpt)), tools);
  if (!row.messages) throw new Error('there are neither messages nor conversations in it');
  const texts = row.messages.flatMap(asText);
  if (texts.length === row.messages.length) {
    if (isHermes(texts)) return withTools(readHermes(texts), tools);
    const read = isXml(texts) ? readXml(texts, tools) : undefined;
    if (read) return read;
  }
  return { messages: readHistory(row.messages), tools };
}

function withTools(read: Conversation, tools: readonly ToolDefinition[]): Conversation {
  return { messages: read.messages, tools: read.tools.length > 0 ? read.tools : tools };
}

/** A message that is only text: no calls, no parts, no result of its own role. */
function asText(message: Readonly<Record<string, unknown>> & { role: string }): TextMessage[] {
  const { role, content } = message;
  return typeof content === 'string' && role !== 'tool' && !hasCalls(message) ? [{ role, content }] : [];
}

function hasCalls({ tool_calls }: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(tool_calls) && tool_calls.length > 0;
}

function callsStandApart({ messages }: Row): boolean {
  return messages?.some(hasCalls) ?? false;
}

/** A rollout whose calls came apart from the text was offered its tools apart too; their names tell which. */
function profileOf(answers: readonly AssistantMessage[]): ProfileName | null {
  const names = new Set(answers.flatMap(({ toolCalls = [] }) => toolCalls.map((call) => call.name)));
  const own = names.has('str_replace_editor') || names.has('submit');
  return own && [...names].every((name) => SWE_AGENT.has(name)) ? 'swe-agent' : null;
}

const SWE_AGENT: ReadonlySet<string> = new Set(['bash', 'str_replace_editor', 'submit']);

const SHAREGPT_ROLES: Readonly<Record<string, string>> = {
  system: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
};

function fromShareGpt({ from, value }: { from: string; value?: string | null | undefined }): TextMessage[] {
  const content = value ?? '';
  if (from === 'observation' || from === 'tool')
    return [{ role: 'user', content: `<tool_response>\n${content}\n</tool_response>` }];
  if (from === 'function_call')
    return [{ role: 'assistant', content: `<tool_call>\n${content}\n</tool_call>` }];
  return [{ role: SHAREGPT_ROLES[from] ?? 'user', content }];
}

/** An answer that its source keeps out of training stays out of it. */
function withTraining(messages: readonly Message[], { messages: written }: Row): readonly Message[] {
  const flags = written?.filter(({ role }) => role === 'assistant').map(({ train }) => train);
  if (!flags?.includes(false)) return messages;
  let answer = 0;
  return messages.map((message): Message | Untrained => {
    if (message.role !== 'assistant') return message;
    answer += 1;
    return flags[answer - 1] === false ? { ...message, train: false } : message;
  });
}

import { z } from 'zod';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { type Candidate, type Metadata, NO_METADATA } from '../candidate.ts';
import { readHistory } from '../upstream.ts';
import { isHermes, readHermes, type TextMessage, toolOf } from './hermes-text.ts';

const Cell = z.union([z.string(), z.number(), z.bigint().transform(Number), z.boolean(), z.null()]);

const Row = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string() })).nullish(),
  conversations: z.array(z.object({ from: z.string(), value: z.string() })).nullish(),
  instance_id: z.union([z.string(), z.number().transform(String)]).nullish(),
  metadata: z.record(z.string(), Cell).nullish().catch(null),
  tools: z.union([z.string(), z.array(z.unknown())]).nullish(),
  tool_json: z.union([z.string(), z.array(z.unknown())]).nullish(),
});
type Row = z.infer<typeof Row>;

/**
 * Reads one row of a data set in any of this project's formats, which are the published ones.
 *
 * @param number counted from 1, for rows without an id
 * @throws Error, ZodError the row is none of them
 */
export function readRow(value: unknown, number: number): Candidate {
  const row = Row.parse(value);
  const { messages, tools } = conversationOf(row);
  if (!messages.some((message) => message.role === 'assistant')) throw new Error('nobody answers in it');
  const id = row.instance_id ?? `row-${number}`;
  return { id, messages, tools, metadata: { ...metadataOf(row, id), steps: stepsOf(row, messages) } };
}

function conversationOf(row: Row): { messages: Message[]; tools: readonly ToolDefinition[] } {
  const tools = toolsOf(row.tools ?? row.tool_json);
  if (row.conversations) return withTools(readHermes(row.conversations.flatMap(fromShareGpt)), tools);
  if (!row.messages) throw new Error('there are neither messages nor conversations in it');
  const texts = row.messages.flatMap(asText);
  const plain = texts.length === row.messages.length;
  if (plain && isHermes(texts)) return withTools(readHermes(texts), tools);
  return { messages: readHistory(row.messages), tools };
}

function withTools(read: { messages: Message[]; tools: ToolDefinition[] }, tools: readonly ToolDefinition[]) {
  return { messages: read.messages, tools: read.tools.length > 0 ? read.tools : tools };
}

/** A message that is only text: no calls, no parts, no result of its own role. */
function asText(message: Readonly<Record<string, unknown>> & { role: string }): TextMessage[] {
  const { role, content, tool_calls } = message;
  const calls = Array.isArray(tool_calls) && tool_calls.length > 0;
  return typeof content === 'string' && role !== 'tool' && !calls ? [{ role, content }] : [];
}

const SHAREGPT_ROLES: Readonly<Record<string, string>> = {
  system: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  assistant: 'assistant',
};

function fromShareGpt({ from, value }: { from: string; value: string }): TextMessage[] {
  if (from === 'observation')
    return [{ role: 'user', content: `<tool_response>\n${value}\n</tool_response>` }];
  return [{ role: SHAREGPT_ROLES[from] ?? 'user', content: value }];
}

function toolsOf(tools: Row['tools']): ToolDefinition[] {
  const list: unknown = typeof tools === 'string' ? JSON.parse(tools || '[]') : (tools ?? []);
  return Array.isArray(list) ? list.map(toolOf) : [];
}

function stepsOf(row: Row, messages: readonly Message[]): number {
  const told = row.metadata?.steps;
  return typeof told === 'number' ? told : messages.filter((message) => message.role === 'assistant').length;
}

/** Names that other sets use for the same thing. */
const ALIASES: Partial<Record<keyof Metadata, readonly string[]>> = {
  repository: ['repo'],
  commit: ['base_commit'],
  patch: ['model_patch'],
  pull_request: ['problem_statement'],
  teacher: ['model', 'model_name_or_path'],
};

/** Takes what a row tells, from its `metadata` or from columns of their own; a value of another type is not taken. */
function metadataOf(row: Row, id: string): Metadata {
  const guessed = { repository: repositoryOf(id), rollout: rolloutOf(id) };
  const told = Object.keys(NO_METADATA).flatMap((key) => {
    const names = [key, ...(ALIASES[key as keyof Metadata] ?? [])];
    const value = names.map((name) => row.metadata?.[name] ?? row[name]).find((cell) => cell != null);
    return value != null && typeof value === TYPES[key as keyof Metadata] ? [[key, value]] : [];
  });
  return { ...NO_METADATA, ...guessed, ...Object.fromEntries(told) };
}

const TYPES: Readonly<Record<keyof Metadata, 'string' | 'number' | 'boolean'>> = {
  repository: 'string',
  commit: 'string',
  function: 'string',
  file: 'string',
  language: 'string',
  topic: 'string',
  teacher: 'string',
  profile: 'string',
  rollout: 'number',
  exit_status: 'string',
  steps: 'number',
  patch: 'string',
  pull_request: 'string',
  matched: 'number',
  total: 'number',
  recall: 'number',
  cost_usd: 'number',
  offline: 'boolean',
};

/** `owner__name-1234`, `owner__name.0a1b2c3d.…`, `owner__name-0123456789ab-t1`: as SWE-bench, SWE-smith and this project name instances. */
export function repositoryOf(id: string): string | null {
  const [, owner, name] =
    /^([\w-]+?)__([\w.-]+?)(?:-\d+|-[0-9a-f]{12}-t[12]|\.[0-9a-f]{8}(?:\..*)?)$/.exec(id) ?? [];
  return owner && name ? `${owner}/${name}` : null;
}

function rolloutOf(id: string): number | null {
  const [, rollout] = /-t([12])$/.exec(id) ?? [];
  return rollout ? Number(rollout) : null;
}

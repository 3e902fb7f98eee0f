import type { AnswerUsage } from '../answer.ts';

/**
 * One streamed chunk of a chat completion. A server sends a hundred of them a second for each stream, so they are
 * looked at by hand: whatever is not what it should be counts as not there.
 */
export interface Chunk {
  readonly text: string;
  readonly reasoning: string;
  readonly reasoningField: 'reasoning_content' | 'reasoning';
  readonly calls: readonly CallPiece[];
  readonly finish: string | undefined;
  readonly usage: AnswerUsage | undefined;
  readonly error: string | undefined;
}

export interface CallPiece {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a chunk, or a completion that came in one piece; undefined where it is no JSON object. */
export function readChunk(data: string): Chunk | undefined {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isFields(value)) return undefined;
  const choice = isFields(first(value.choices)) ? (first(value.choices) as Fields) : {};
  const delta = fields(choice.delta) ?? fields(choice.message) ?? {};
  const reasoning = text(delta.reasoning_content);
  return {
    text: text(delta.content) || text(delta.refusal),
    reasoning: reasoning || text(delta.reasoning),
    reasoningField: reasoning !== '' ? 'reasoning_content' : 'reasoning',
    calls: Array.isArray(delta.tool_calls) ? delta.tool_calls.filter(isFields).map(callPiece) : NONE,
    finish: text(choice.finish_reason) || undefined,
    usage: usage(value.usage),
    error: errorText(value),
  };
}

const NONE: readonly CallPiece[] = [];

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fields(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

function callPiece(value: Fields): CallPiece {
  const called = fields(value.function) ?? {};
  return {
    index: typeof value.index === 'number' ? value.index : undefined,
    id: text(value.id),
    name: text(called.name),
    // Some servers send the object instead of its text.
    arguments: isFields(called.arguments) ? JSON.stringify(called.arguments) : text(called.arguments),
  };
}

function usage(value: unknown): AnswerUsage | undefined {
  if (!isFields(value)) return undefined;
  const input = count(value.prompt_tokens);
  const cached = count(fields(value.prompt_tokens_details)?.cached_tokens);
  return { input, cached: Math.min(cached, input), output: count(value.completion_tokens) };
}

function errorText(value: Fields): string | undefined {
  if (value.object === 'error') return text(value.message) || 'an error';
  if (value.error === undefined || value.error === null) return undefined;
  return text(value.error) || text(fields(value.error)?.message) || 'an error';
}

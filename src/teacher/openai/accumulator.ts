import type { AssistantMessage, FinishReason, ToolCall } from '../../trajectory/index.ts';
import type { TokenUsage } from '../provider.ts';
import type { Chunk, ChunkUsage, Delta, ToolCallDelta } from './chunk.ts';
import type { OpenAIData } from './messages.ts';

interface OpenCall {
  readonly index: number;
  id: string;
  name: string;
  arguments: string;
}

/** Puts the pieces of a streamed chat completion together, every byte of them. */
export class Accumulator {
  finish: string | undefined;
  usage: TokenUsage | undefined;
  #content = '';
  #reasoning = '';
  #reasoningField: OpenAIData['reasoningField'] = 'reasoning_content';
  readonly #details: Record<string, unknown>[] = [];
  readonly #calls: OpenCall[] = [];

  add(chunk: Chunk): void {
    const choice = chunk.choices?.[0];
    const usage = chunk.usage ?? choice?.usage;
    if (usage) this.usage = tokenUsage(usage);
    if (choice?.finish_reason) this.finish = choice.finish_reason;
    const delta = choice?.delta ?? choice?.message;
    if (delta) this.#addDelta(delta);
  }

  /** @param prefix of the ids given to calls that came without one */
  message(prefix: string): AssistantMessage {
    const toolCalls = this.#calls.map(
      (call, position): ToolCall => ({
        id: call.id === '' ? `${prefix}_${position}` : call.id,
        name: call.name,
        // A call without arguments; some servers send their text, some none.
        arguments: call.arguments === '' ? '{}' : call.arguments,
      }),
    );
    const data: OpenAIData = {
      reasoningField: this.#reasoningField,
      ...(this.#details.length > 0 ? { reasoningDetails: this.#details } : {}),
    };
    return {
      role: 'assistant',
      content: this.#content,
      ...(this.#reasoning === '' ? {} : { reasoning: this.#reasoning }),
      ...(toolCalls.length === 0 ? {} : { toolCalls }),
      ...(this.#reasoning === '' && this.#details.length === 0 ? {} : { providerData: { ...data } }),
    };
  }

  get finishReason(): FinishReason {
    switch (this.finish) {
      case 'stop':
      case 'tool_calls':
      case 'function_call':
        return this.#calls.length > 0 ? 'tool_calls' : 'stop';
      case 'length':
        return 'length';
      case 'content_filter':
      case 'sensitive':
        return 'content_filter';
      default:
        return this.finish === undefined && this.#calls.length > 0 ? 'tool_calls' : 'other';
    }
  }

  #addDelta(delta: Delta): void {
    if (typeof delta.content === 'string') this.#content += delta.content;
    else for (const part of delta.content ?? []) this.#content += part.text ?? '';
    this.#content += delta.refusal ?? '';
    // An endpoint in transition sends the same text under both names.
    const reasoning = delta.reasoning_content ?? delta.reasoning;
    if (reasoning) {
      this.#reasoning += reasoning;
      this.#reasoningField = typeof delta.reasoning_content === 'string' ? 'reasoning_content' : 'reasoning';
    }
    for (const detail of delta.reasoning_details ?? []) this.#addDetail(detail);
    for (const call of delta.tool_calls ?? []) this.#addCall(call);
  }

  #addCall(delta: ToolCallDelta): void {
    const { id, index } = delta;
    const last = this.#calls.at(-1);
    let call = index == null ? last : this.#calls.findLast((known) => known.index === index);
    // Some servers give every call the index 0, or none: a new id with a new name is a new call.
    if (call === undefined || (id && call.id !== '' && id !== call.id && delta.function?.name)) {
      call = { index: index ?? this.#calls.length, id: '', name: '', arguments: '' };
      this.#calls.push(call);
    }
    if (call.id === '') call.id = id ?? '';
    if (call.name === '') call.name = delta.function?.name ?? '';
    const text = delta.function?.arguments;
    call.arguments += typeof text === 'string' ? text : text == null ? '' : JSON.stringify(text);
  }

  /** OpenRouter streams its reasoning blocks in pieces: texts are joined, everything else is the last that came. */
  #addDetail(detail: Record<string, unknown>): void {
    const same = this.#details.findLast(
      (known) => known.type === detail.type && known.index === detail.index,
    );
    if (same === undefined || detail.index === undefined) {
      this.#details.push({ ...detail });
      return;
    }
    for (const [key, value] of Object.entries(detail)) {
      const known = same[key];
      const joined = key === 'text' || key === 'summary' || key === 'data';
      if (joined && typeof known === 'string' && typeof value === 'string') same[key] = known + value;
      else if (value !== null && value !== undefined) same[key] = value;
    }
  }
}

function tokenUsage(usage: ChunkUsage): TokenUsage {
  const input = usage.prompt_tokens ?? 0;
  const cached =
    usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? 0;
  return { input, cached: Math.min(cached, input), output: usage.completion_tokens ?? 0, written: 0 };
}

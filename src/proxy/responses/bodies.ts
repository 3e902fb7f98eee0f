import { randomUUID } from 'node:crypto';
import type { AnswerEnd, AnswerUsage } from '../answer.ts';
import type { ClientCall, ClientRequest, Reasoning } from '../conversation.ts';
import { packReasoning } from '../kept-reasoning.ts';

export function idOf(kind: 'resp' | 'msg' | 'rs' | 'fc' | 'ctc' | 'lsh'): string {
  return `${kind}_${randomUUID().replaceAll('-', '')}`;
}

/** An answer's envelope as it stands at its beginning; the end changes some of its fields. */
export function responseBody({ model, sampling, tools }: ClientRequest): object {
  return {
    id: idOf('resp'),
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: sampling.maxTokens ?? null,
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    store: false,
    temperature: sampling.temperature ?? null,
    text: { format: { type: 'text' } },
    tool_choice: tools.length === 0 ? 'none' : 'auto',
    tools: [],
    top_p: sampling.topP ?? null,
    truncation: 'disabled',
    usage: null,
    metadata: {},
  };
}

export function endFields({ finish, usage }: AnswerEnd): object {
  if (finish !== 'length' && finish !== 'refused')
    return { status: 'completed', usage: usageBody(usage), completed_at: Math.floor(Date.now() / 1000) };
  const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
  return { status: 'incomplete', incomplete_details: { reason }, usage: usageBody(usage) };
}

export function usageBody({ input, cached, output }: AnswerUsage): object {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

export function messageItem(id: string, text: string): object {
  return { ...openMessage(id), status: 'completed', content: [textPart(text)] };
}

export function openMessage(id: string): object {
  return { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
}

export function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** Reasoning goes to the client twice: as a summary that it may show, and packed, as it is to come back. */
export function reasoningItem(id: string, reasoning: Reasoning, isShown: boolean): object {
  const summary = isShown ? [summaryPart(reasoning.text)] : [];
  return { id, type: 'reasoning', summary, encrypted_content: packReasoning(reasoning) };
}

export function summaryPart(text: string): object {
  return { type: 'summary_text', text };
}

export interface CallBody {
  readonly item: { readonly id: string; readonly type: string };
  /** The field that is streamed, and what it holds; none for a call that comes whole. */
  readonly streamed?: {
    readonly field: 'arguments' | 'input';
    readonly event: string;
    readonly text: string;
  };
}

export function callBody({ id: call_id, name, input }: ClientCall, { tools }: ClientRequest): CallBody {
  const tool = tools.find((one) => one.name === name);
  const rest = { call_id, status: 'completed' };
  if (tool?.form === 'vector')
    return {
      item: {
        id: idOf('lsh'),
        type: 'local_shell_call',
        ...rest,
        ...{ action: { type: 'exec', env: {}, ...input } },
      },
    };
  if (tool?.form === 'text') {
    const text = String(input.input ?? '');
    const item = { id: idOf('ctc'), type: 'custom_tool_call', ...rest, name, input: text };
    return { item, streamed: { field: 'input', event: 'response.custom_tool_call_input', text } };
  }
  const text = JSON.stringify(input);
  const space = tool?.namespace === undefined ? {} : { namespace: tool.namespace };
  const item = { id: idOf('fc'), type: 'function_call', ...rest, name, ...space, arguments: text };
  return { item, streamed: { field: 'arguments', event: 'response.function_call_arguments', text } };
}

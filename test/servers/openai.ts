import { z } from 'zod';
import {
  argumentsText,
  pieces,
  type RecordedRequest,
  type RunningServer,
  type ScriptedAnswer,
  type ServerScript,
  tokens,
} from './script.ts';
import { runStandalone } from './standalone.ts';
import { type Protocol, type ProtocolError, serve } from './stream.ts';

const ToolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.object({ name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/), arguments: z.string() }),
});
const ChatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: z.string() }),
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(z.looseObject({}))]) }),
  z.object({
    role: z.literal('assistant'),
    content: z.string().nullish(),
    tool_calls: z.array(ToolCall).min(1).optional(),
  }),
  z.object({ role: z.literal('tool'), tool_call_id: z.string(), content: z.string() }),
]);
type ChatMessage = z.infer<typeof ChatMessage>;
const ChatRequest = z.object({
  model: z.string().min(1),
  messages: z.array(ChatMessage).min(1),
  stream: z.boolean().optional(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).optional(),
  temperature: z.number().min(0).max(2).optional(),
  max_tokens: z.number().int().positive().optional(),
  tools: z
    .array(z.object({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }))
    .min(1)
    .optional(),
});

/** How a server of this protocol differs from another. */
export interface OpenAIScript extends ServerScript {
  /** The field of reasoning: `reasoning_content` of vLLM, SGLang, z.ai, DeepSeek; `reasoning` of OpenRouter, Ollama. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
}

/** Starts an OpenAI chat-completions server on 127.0.0.1 that answers by a script. */
export function startOpenAIServer(script: OpenAIScript): Promise<RunningServer> {
  // What the server has seen, for its prefix cache.
  const seen: string[] = [];
  return serve(protocol(script, seen), script);
}

function protocol(script: OpenAIScript, seen: string[]): Protocol {
  return {
    path: '/v1/chat/completions',
    base: '/v1',
    turnOf: (body) => {
      const messages = ChatRequest.safeParse(body).data?.messages ?? [];
      return messages.filter(({ role }) => role === 'assistant').length;
    },
    refusal,
    errorBody: (error) => JSON.stringify(errorObject(error)),
    errorEvent: (error) => `data: ${JSON.stringify(errorObject(error))}\n\n`,
    respond: async (request, body) => {
      const { model, messages, stream, stream_options } = ChatRequest.parse(body);
      const answer = await script.answer(request);
      const head = { id: `chatcmpl-${request.index}`, created: 1_700_000_000, model };
      const usage = usageOf(answer, JSON.stringify(messages), seen);
      if (stream !== true || script.whole === true)
        return { whole: JSON.stringify(whole(head, answer, usage, script)) };
      return {
        events: events(head, answer, stream_options?.include_usage === true ? usage : undefined, script),
      };
    },
  };
}

function errorObject({ status, code, message }: ProtocolError): object {
  const type =
    status === 401
      ? 'authentication_error'
      : status === 429
        ? 'rate_limit_exceeded'
        : 'invalid_request_error';
  return { error: { message, type, param: null, code } };
}

function refusal(request: RecordedRequest, body: unknown, script: ServerScript): ProtocolError | undefined {
  if (script.key !== undefined && request.headers.authorization !== `Bearer ${script.key}`) {
    const shown = String(request.headers.authorization ?? '').slice('Bearer '.length);
    return { status: 401, code: 'invalid_api_key', message: `Incorrect API key provided: ${shown}.` };
  }
  const result = ChatRequest.safeParse(body);
  if (!result.success) return invalid(z.prettifyError(result.error));
  if (script.model !== undefined && result.data.model !== script.model) {
    const message = `The model \`${result.data.model}\` does not exist.`;
    return { status: 404, code: 'model_not_found', message };
  }
  return pairing(result.data.messages);
}

function invalid(message: string): ProtocolError {
  return { status: 400, code: 'invalid_value', message };
}

/** Every call has its result at once, as OpenAI demands, and arguments that are an object, as vLLM does. */
function pairing(messages: readonly ChatMessage[]): ProtocolError | undefined {
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id))
        return invalid(`no call ${message.tool_call_id} precedes its result`);
      open = open.filter((id) => id !== message.tool_call_id);
      continue;
    }
    if (open.length > 0) return invalid(`tool_call_ids did not have response messages: ${open.join(', ')}`);
    if (message.role !== 'assistant') continue;
    if (message.content == null && message.tool_calls === undefined)
      return invalid('an assistant message says nothing');
    for (const call of message.tool_calls ?? []) {
      if (!isObject(call.function.arguments)) return invalid(`arguments of ${call.id} are no JSON object`);
    }
    open = (message.tool_calls ?? []).map(({ id }) => id);
  }
  return open.length > 0
    ? invalid(`tool_call_ids did not have response messages: ${open.join(', ')}`)
    : undefined;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
}

/** Counts as a server with a prefix cache in blocks of 64 tokens does. */
function usageOf(answer: ScriptedAnswer, messages: string, seen: string[]): ChatUsage | undefined {
  const history = messages.slice(0, -1);
  const shared = Math.max(0, ...seen.map((other) => commonPrefix(other, history)));
  seen.push(history);
  if (answer.usage === null) return undefined;
  const calls = (answer.toolCalls ?? []).map((call) => call.name + argumentsText(call)).join('');
  const counted = {
    input: tokens(history),
    cached: Math.floor(tokens(history.slice(0, shared)) / 64) * 64,
    output: tokens((answer.reasoning ?? '') + (answer.content ?? '') + calls),
  };
  const { input, cached, output } = answer.usage ?? counted;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

interface Head {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

function finishOf(answer: ScriptedAnswer): string {
  if (answer.finish === 'context') return 'model_context_window_exceeded';
  return answer.finish ?? ((answer.toolCalls ?? []).length > 0 ? 'tool_calls' : 'stop');
}

function whole(
  head: Head,
  answer: ScriptedAnswer,
  usage: ChatUsage | undefined,
  script: OpenAIScript,
): object {
  const calls = (answer.toolCalls ?? []).map((call, index) => ({
    id: call.id ?? `call_${head.id}_${index}`,
    type: 'function',
    function: { name: call.name, arguments: argumentsText(call) },
  }));
  const message = {
    role: 'assistant',
    content: answer.content ?? null,
    ...(answer.reasoning === undefined
      ? {}
      : { [script.reasoningField ?? 'reasoning_content']: answer.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const choices = [{ index: 0, message, finish_reason: finishOf(answer), logprobs: null }];
  return { ...head, object: 'chat.completion', choices, ...(usage === undefined ? {} : { usage }) };
}

function events(
  head: Head,
  answer: ScriptedAnswer,
  usage: ChatUsage | undefined,
  script: OpenAIScript,
): string[] {
  const field = script.reasoningField ?? 'reasoning_content';
  const deltas: object[] = [
    { role: 'assistant', content: '' },
    ...pieces(answer.reasoning ?? '').map((text) => ({ [field]: text })),
    ...pieces(answer.content ?? '').map((content) => ({ content })),
    ...(answer.toolCalls ?? []).flatMap((call, index) => {
      const id = call.id ?? `call_${head.id}_${index}`;
      const first = { index, id, type: 'function', function: { name: call.name, arguments: '' } };
      const rest = pieces(argumentsText(call)).map((text) => ({ index, function: { arguments: text } }));
      return [first, ...rest].map((one) => ({ tool_calls: [one] }));
    }),
  ];
  const chunk = (choices: readonly object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
  return [
    ...deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }])),
    chunk([{ index: 0, delta: {}, finish_reason: finishOf(answer) }]),
    ...(usage === undefined ? [] : [chunk([], { usage })]),
    'data: [DONE]\n\n',
  ];
}

if (import.meta.main) await runStandalone(startOpenAIServer);

import { MessagesRequest, refusal, sign } from './anthropic-rules.ts';
import { promptCache } from './prompt-cache.ts';
import {
  argumentsText,
  pieces,
  type RunningServer,
  type ScriptedAnswer,
  type ServerScript,
  tokens,
} from './script.ts';
import { runStandalone } from './standalone.ts';
import { type Protocol, type ProtocolError, serve } from './stream.ts';

/** Starts an Anthropic Messages server on 127.0.0.1 that answers by a script and keeps a real prompt cache. */
export function startAnthropicServer(script: ServerScript): Promise<RunningServer> {
  const cache = promptCache();
  return serve(protocol(script, cache), script);
}

function protocol(script: ServerScript, cache: ReturnType<typeof promptCache>): Protocol {
  return {
    path: '/v1/messages',
    base: '/v1',
    turnOf: (body) => {
      const turns = MessagesRequest.safeParse(body).data?.messages ?? [];
      return turns.filter(({ role }) => role === 'assistant').length;
    },
    refusal,
    errorBody: (error) => JSON.stringify(errorObject(error)),
    errorEvent: (error) => event(errorObject(error)),
    respond: async (request, body) => {
      const asked = MessagesRequest.parse(body);
      const answer = await script.answer(request);
      const message = messageOf(answer, asked, request.index, cache.count(asked));
      return asked.stream === true && script.whole !== true
        ? { events: events(message) }
        : { whole: JSON.stringify({ ...message, content: message.content.map(finished) }) };
    },
  };
}

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

function errorObject({ status, code, message }: ProtocolError): { type: string; error: object } {
  const type = Object.values(TYPES).includes(code) ? code : (TYPES[status] ?? 'api_error');
  return { type: 'error', error: { type, message } };
}

interface Whole {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly AnswerBlock[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: Readonly<Record<string, number>>;
}

type AnswerBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: string };

const STOP = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  content_filter: 'refusal',
  context: 'model_context_window_exceeded',
};

function messageOf(
  answer: ScriptedAnswer,
  asked: MessagesRequest,
  index: number,
  counted: { readonly input: number; readonly read: number; readonly written: number },
): Whole {
  const calls = answer.toolCalls ?? [];
  const content: AnswerBlock[] = [];
  if (answer.reasoning)
    content.push({ type: 'thinking', thinking: answer.reasoning, signature: sign(answer.reasoning) });
  if (answer.content) content.push({ type: 'text', text: answer.content });
  for (const [position, call] of calls.entries()) {
    const id = call.id ?? `toolu_${index}_${position}`;
    content.push({ type: 'tool_use', id, name: call.name, input: argumentsText(call) });
  }
  const written = calls.map((call) => call.name + argumentsText(call)).join('');
  const output = tokens((answer.reasoning ?? '') + (answer.content ?? '') + written);
  const usage = answer.usage ?? { input: counted.input, cached: counted.read, output };
  return {
    id: `msg_${index}`,
    type: 'message',
    role: 'assistant',
    model: asked.model,
    content,
    stop_reason: STOP[answer.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop')],
    stop_sequence: null,
    usage: {
      input_tokens: usage.input - usage.cached - (answer.usage ? 0 : counted.written),
      cache_read_input_tokens: usage.cached,
      cache_creation_input_tokens: answer.usage ? 0 : counted.written,
      output_tokens: usage.output,
    },
  };
}

/** A call has its input as an object where it is not streamed; what is none cannot be sent. */
function finished(block: AnswerBlock): object {
  if (block.type !== 'tool_use') return block;
  try {
    return { ...block, input: JSON.parse(block.input) };
  } catch {
    return { ...block, input: {} };
  }
}

function event(data: { readonly type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

function events(message: Whole): string[] {
  const { usage, stop_reason } = message;
  const start = { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  return [
    event({ type: 'message_start', message: start } as { type: string }),
    event({ type: 'ping' }),
    ...message.content.flatMap((block, index) => blockEvents(block, index)),
    event({
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: usage.output_tokens },
    } as { type: string }),
    event({ type: 'message_stop' }),
  ];
}

function blockEvents(block: AnswerBlock, index: number): string[] {
  const send = (type: string, more: object) => event({ type, index, ...more } as { type: string });
  const deltas = (texts: readonly string[], delta: (text: string) => object) =>
    texts.map((text) => send('content_block_delta', { delta: delta(text) }));
  const stop = send('content_block_stop', {});
  if (block.type === 'text') {
    const start = send('content_block_start', { content_block: { type: 'text', text: '' } });
    return [start, ...deltas(pieces(block.text), (text) => ({ type: 'text_delta', text })), stop];
  }
  if (block.type === 'thinking') {
    const { thinking, signature } = block;
    const start = send('content_block_start', {
      content_block: { type: 'thinking', thinking: '', signature: '' },
    });
    const thoughts = deltas(pieces(thinking), (text) => ({ type: 'thinking_delta', thinking: text }));
    return [
      start,
      ...thoughts,
      ...deltas([signature], (text) => ({ type: 'signature_delta', signature: text })),
      stop,
    ];
  }
  const { id, name, input } = block;
  const start = send('content_block_start', { content_block: { type: 'tool_use', id, name, input: {} } });
  const json = deltas(['', ...pieces(input)], (text) => ({ type: 'input_json_delta', partial_json: text }));
  return [start, ...json, stop];
}

if (import.meta.main) await runStandalone(startAnthropicServer);

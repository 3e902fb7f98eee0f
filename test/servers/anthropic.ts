import { z } from 'zod';
import { promptCache } from './prompt-cache.ts';
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

const Mark = { cache_control: z.object({ type: z.literal('ephemeral') }).optional() };
const Text = z.strictObject({
  type: z.literal('text'),
  text: z.string().regex(/\S/, 'text blocks must not be blank'),
  ...Mark,
});
const Id = z.string().regex(/^[a-zA-Z0-9_-]+$/);
const Block = z.discriminatedUnion('type', [
  Text,
  z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
  z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.strictObject({
    type: z.literal('tool_use'),
    id: Id,
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
    input: z.record(z.string(), z.unknown()),
    ...Mark,
  }),
  z.strictObject({
    type: z.literal('tool_result'),
    tool_use_id: Id,
    content: z.string().min(1).optional(),
    ...Mark,
  }),
]);
type Block = z.infer<typeof Block>;
const Turn = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.union([z.string().min(1), z.array(Block).min(1)]),
});
type Turn = z.infer<typeof Turn>;

const MessagesRequest = z.object({
  model: z.string().min(1),
  max_tokens: z.number().int().positive(),
  messages: z.array(Turn).min(1),
  system: z.union([z.string(), z.array(Text)]).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  thinking: z.object({ type: z.string(), budget_tokens: z.number().min(1024).optional() }).optional(),
  tools: z
    .array(z.object({ name: z.string(), description: z.string(), input_schema: z.looseObject({}) }))
    .optional(),
});
type MessagesRequest = z.infer<typeof MessagesRequest>;

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
      return asked.stream === true ? { events: events(message) } : { whole: JSON.stringify(message) };
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

function refusal(request: RecordedRequest, body: unknown, script: ServerScript): ProtocolError | undefined {
  const invalid = (message: string): ProtocolError => ({
    status: 400,
    code: 'invalid_request_error',
    message,
  });
  if (script.key !== undefined && request.headers['x-api-key'] !== script.key) {
    return { status: 401, code: 'authentication_error', message: 'invalid x-api-key' };
  }
  if (request.headers['anthropic-version'] === undefined)
    return invalid('anthropic-version: header is required');
  const result = MessagesRequest.safeParse(body);
  if (!result.success) return invalid(z.prettifyError(result.error));
  const asked = result.data;
  if (script.model !== undefined && asked.model !== script.model) {
    return { status: 404, code: 'not_found_error', message: `model: ${asked.model}` };
  }
  if (asked.thinking !== undefined && asked.temperature !== undefined) {
    return invalid('`temperature` may only be set to 1 when thinking is enabled.');
  }
  const fault = turnsFault(asked.messages) ?? marksFault(asked);
  return fault === undefined ? undefined : invalid(fault);
}

function blocks(turn: Turn): Block[] {
  return typeof turn.content === 'string' ? [{ type: 'text', text: turn.content }] : turn.content;
}

/** The API's rules on the order of turns and blocks. */
function turnsFault(turns: readonly Turn[]): string | undefined {
  if (turns[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  let open = new Set<string>();
  const used = new Set<string>();
  for (const [position, turn] of turns.entries()) {
    const content = blocks(turn);
    const results = content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    if (turn.role === 'user') {
      if (results.some((id) => !open.has(id)))
        return `messages.${position}: unexpected tool_use_id found in tool_result blocks`;
      if ([...open].some((id) => !results.includes(id)))
        return `messages.${position}: tool_use ids were found without tool_result blocks immediately after`;
      open = new Set();
      continue;
    }
    if (open.size > 0 || results.length > 0)
      return `messages.${position}: tool_result blocks belong in the next user turn`;
    if (content.at(-1)?.type === 'thinking')
      return `messages.${position}: the final block in an assistant message cannot be thinking`;
    for (const block of content) {
      if (block.type === 'thinking' && block.signature !== sign(block.thinking)) {
        return `messages.${position}: invalid \`signature\` in \`thinking\` block`;
      }
      if (block.type !== 'tool_use') continue;
      if (used.has(block.id)) return `messages.${position}: tool_use ids must be unique`;
      used.add(block.id);
      open.add(block.id);
    }
  }
  return open.size > 0 ? 'tool_use ids were found without tool_result blocks' : undefined;
}

function marksFault(asked: MessagesRequest): string | undefined {
  const system = Array.isArray(asked.system) ? asked.system : [];
  const all = [...system, ...asked.messages.flatMap(blocks)];
  const marks = all.filter((block) => 'cache_control' in block && block.cache_control !== undefined).length;
  return marks > 4 ? `A maximum of 4 blocks with cache_control may be provided. Found ${marks}.` : undefined;
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

const STOP = { stop: 'end_turn', tool_calls: 'tool_use', length: 'max_tokens', content_filter: 'refusal' };

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

/** Stands for the API's signature: what comes back must be what it signed. */
export function sign(thinking: string): string {
  return Buffer.from(`signed:${thinking.length}`).toString('base64');
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

import { z } from 'zod';
import type { RecordedRequest, ServerScript } from './script.ts';
import type { ProtocolError } from './stream.ts';

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

export const MessagesRequest = z.object({
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
export type MessagesRequest = z.infer<typeof MessagesRequest>;

/** What the API would refuse a request for. */
export function refusal(
  request: RecordedRequest,
  body: unknown,
  script: ServerScript,
): ProtocolError | undefined {
  const invalid = (message: string): ProtocolError => ({
    status: 400,
    code: 'invalid_request_error',
    message,
  });
  const { authorization, 'x-api-key': key = authorization?.slice('Bearer '.length) } = request.headers;
  if (script.key !== undefined && key !== script.key) {
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

/** Stands for the API's signature: what comes back must be what it signed. */
export function sign(thinking: string): string {
  return Buffer.from(`signed:${thinking.length}`).toString('base64');
}

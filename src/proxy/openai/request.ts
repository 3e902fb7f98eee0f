import { z } from 'zod';
import {
  type AssistantTurn,
  addResult,
  type ClientRequest,
  type Part,
  type Reasoning,
  type Turn,
  textOf,
} from '../conversation.ts';
import { RepeatedBody } from '../repeated-body.ts';
import { readArguments } from '../translate/arguments.ts';
import { wellFormed } from '../well-formed.ts';

const ContentPart = z.looseObject({ type: z.string() });
const Content = z.union([z.string(), z.array(ContentPart)]).nullish();
const ToolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string(), arguments: z.string().nullish() }),
});
const Message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: Content,
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  tool_calls: z.array(ToolCall).nullish(),
  tool_call_id: z.string().nullish(),
});
type Message = z.infer<typeof Message>;
const ChatRequest = z.object({
  model: z.string(),
  messages: z.array(z.unknown()).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  tool_choice: z.unknown().optional(),
  tools: z
    .array(
      z.object({
        type: z.literal('function'),
        function: z.object({
          name: z.string(),
          description: z.string().nullish(),
          parameters: z.record(z.string(), z.unknown()).nullish(),
        }),
      }),
    )
    .nullish(),
});

/**
 * Reads a request of OpenAI's chat completions.
 *
 * @throws ProxyFault it is none
 */
export function readChatRequest(body: Buffer): ClientRequest {
  const { frame, values } = bodies.read(body);
  const [instructions, rest] = split(values);
  return {
    ...frame,
    system: instructions.map(({ content }) => text(content)).join('\n\n'),
    turns: turnsOf(rest),
  };
}

const bodies = new RepeatedBody('messages', readFrame, (raw) => wellFormed(Message, raw, 'A message'));

function readFrame(body: unknown): Omit<ClientRequest, 'system' | 'turns'> {
  const asked = wellFormed(ChatRequest, body);
  return {
    model: asked.model,
    tools: (asked.tools ?? []).map(({ function: tool }) => ({
      name: tool.name,
      description: tool.description ?? '',
      parameters: tool.parameters ?? { type: 'object', properties: {} },
    })),
    stream: asked.stream === true,
    includeUsage: asked.stream_options?.include_usage === true,
    sampling: samplingOf(asked),
  };
}

function samplingOf(asked: z.infer<typeof ChatRequest>): ClientRequest['sampling'] {
  const maxTokens = asked.max_completion_tokens ?? asked.max_tokens;
  const stop = typeof asked.stop === 'string' ? [asked.stop] : asked.stop;
  return {
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(asked.temperature == null ? {} : { temperature: asked.temperature }),
    ...(asked.top_p == null ? {} : { topP: asked.top_p }),
    ...(stop?.length ? { stop } : {}),
    ...(asked.tool_choice == null ? {} : { toolChoice: asked.tool_choice }),
  };
}

function isInstruction({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

function split(messages: readonly Message[]): readonly [readonly Message[], readonly Message[]] {
  const first = messages.findIndex((message) => !isInstruction(message));
  const count = first === -1 ? messages.length : first;
  return [messages.slice(0, count), messages.slice(count)];
}

function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    if (isInstruction(message)) turns.push({ type: 'system', text: text(message.content) });
    else if (message.role === 'assistant') turns.push(assistantTurn(message));
    else if (message.role === 'tool' || message.role === 'function')
      addResult(turns, {
        callId: message.tool_call_id ?? '',
        parts: parts(message.content),
        failed: false,
      });
    else turns.push({ type: 'user', parts: parts(message.content) });
  }
  return turns;
}

function assistantTurn(message: Message): AssistantTurn {
  const reasoning = reasoningOf(message);
  const calls = (message.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    name: called.name,
    input: readArguments(called.arguments ?? '') ?? {},
  }));
  return { type: 'assistant', ...(reasoning ? { reasoning } : {}), text: text(message.content), calls };
}

function reasoningOf(message: Message): Reasoning | undefined {
  if (message.reasoning_content) return { text: message.reasoning_content, field: 'reasoning_content' };
  return message.reasoning ? { text: message.reasoning, field: 'reasoning' } : undefined;
}

const TextPart = z.object({ text: z.string() });
const ImagePart = z.object({ image_url: z.union([z.string(), z.object({ url: z.string() })]) });

function parts(content: z.infer<typeof Content>): Part[] {
  if (content == null) return [];
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return content.flatMap((part): Part[] => {
    const image = part.type === 'image_url' ? ImagePart.safeParse(part).data?.image_url : undefined;
    if (image !== undefined) return [{ type: 'image', url: typeof image === 'string' ? image : image.url }];
    const text = TextPart.safeParse(part).data?.text ?? '';
    return text === '' ? [] : [{ type: 'text', text }];
  });
}

function text(content: z.infer<typeof Content>): string {
  return textOf(parts(content), '');
}

import { z } from 'zod';
import type { Message } from '../trajectory/index.ts';

const Text = z.union([
  z.string(),
  z.null().transform(() => ''),
  z
    .array(z.looseObject({ type: z.string().optional(), text: z.string().optional() }))
    .transform((parts) => parts.map((part) => part.text ?? '').join('')),
]);

/** Arrow gives every object all the keys of its column: those that are null were never written. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}

const Call = z.looseObject({
  id: z.string().nullish(),
  function: z.looseObject({
    name: z.string(),
    arguments: z.union([
      z.string(),
      z.record(z.string(), z.unknown()).transform((object) => JSON.stringify(withoutNulls(object))),
    ]),
  }),
});

const UpstreamMessage = z.looseObject({
  role: z.string(),
  content: Text.optional(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  tool_calls: z.array(Call).nullish(),
  tool_call_ids: z.array(z.string()).nullish(),
  tool_call_id: z.string().nullish(),
});

/** Read under a name, so that a complaint says where. */
const History = z.object({ messages: z.array(UpstreamMessage) });

/**
 * A history as SWE-agent, mini-swe-agent and the chat completions API write it: OpenAI's `tool_calls`, content as
 * text or as a list of parts, results with `tool_call_id` or `tool_call_ids`. A think block inside the content
 * stays there.
 *
 * @throws ZodError it is not such a history
 */
export function readHistory(history: unknown): Message[] {
  return History.parse({ messages: history }).messages.map(toMessage);
}

function toMessage(message: z.infer<typeof UpstreamMessage>, index: number): Message {
  const content = message.content ?? '';
  const reasoning = message.reasoning_content ?? message.reasoning;
  switch (message.role) {
    case 'system':
      return { role: 'system', content };
    case 'tool':
      return { role: 'tool', toolCallId: message.tool_call_id ?? message.tool_call_ids?.[0] ?? '', content };
    case 'assistant':
      return {
        role: 'assistant',
        content,
        ...(reasoning ? { reasoning } : {}),
        ...(message.tool_calls?.length
          ? {
              toolCalls: message.tool_calls.map((call, position) => ({
                id: call.id ?? `call_${index}_${position}`,
                name: call.function.name,
                arguments: call.function.arguments,
              })),
            }
          : {}),
      };
    default:
      return { role: 'user', content };
  }
}

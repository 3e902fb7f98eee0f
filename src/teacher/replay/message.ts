import { z } from 'zod';
import type { Message, ToolCall } from '../../trajectory/index.ts';

const Content = z.union([z.string(), z.array(z.object({ text: z.string().nullish() }))]).nullish();

/** A call in this project's form, or in that of the OpenAI API, where arguments may already be parsed. */
const Call = z.union([
  z.object({ id: z.string(), name: z.string(), arguments: z.string() }),
  z.object({
    id: z.string().nullish(),
    function: z.object({
      name: z.string(),
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]),
    }),
  }),
]);

/** A message as this project, the OpenAI API, SWE-agent and mini-swe-agent write it. */
export const RecordedMessage = z.object({
  role: z.string(),
  content: Content,
  reasoning: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  thinking_blocks: z.array(z.object({ thinking: z.string().nullish() })).nullish(),
  toolCalls: z.array(Call).nullish(),
  tool_calls: z.array(Call).nullish(),
  toolCallId: z.string().nullish(),
  tool_call_id: z.string().nullish(),
  tool_call_ids: z.array(z.string()).nullish(),
  providerData: z.record(z.string(), z.unknown()).nullish(),
});
type RecordedMessage = z.infer<typeof RecordedMessage>;

/** The message in this project's form; undefined for one that no model reads (mini-swe-agent's last, role `exit`). */
export function messageOf(recorded: RecordedMessage): Message | undefined {
  const content = contentOf(recorded.content);
  switch (recorded.role) {
    case 'system':
    case 'user':
      return { role: recorded.role, content };
    case 'tool':
      return {
        role: 'tool',
        content,
        toolCallId: recorded.toolCallId ?? recorded.tool_call_id ?? recorded.tool_call_ids?.[0] ?? '',
      };
    case 'assistant': {
      const calls = (recorded.toolCalls ?? recorded.tool_calls ?? []).map(callOf);
      const thoughts = (recorded.thinking_blocks ?? []).map(({ thinking }) => thinking ?? '').join('');
      const reasoning = recorded.reasoning ?? recorded.reasoning_content ?? thoughts;
      return {
        role: 'assistant',
        content,
        ...(reasoning === '' ? {} : { reasoning }),
        ...(calls.length === 0 ? {} : { toolCalls: calls }),
        ...(recorded.providerData ? { providerData: recorded.providerData } : {}),
      };
    }
    default:
      return undefined;
  }
}

function contentOf(content: RecordedMessage['content']): string {
  return typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('');
}

function callOf(call: z.infer<typeof Call>, position: number): ToolCall {
  if (!('function' in call)) return call;
  const { name, arguments: given } = call.function;
  const text = typeof given === 'string' ? given : JSON.stringify(given);
  return { id: call.id ?? `call_${position}`, name, arguments: text };
}

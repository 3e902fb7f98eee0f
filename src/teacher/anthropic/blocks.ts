import { z } from 'zod';
import type { AssistantMessage } from '../../trajectory/index.ts';

const Thinking = z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const Redacted = z.object({ type: z.literal('redacted_thinking'), data: z.string() });

/**
 * The order of an answer's blocks: signed reasoning whole, since it must come back unchanged and in its place;
 * for text its length in the message's content; for a call only that it is the next.
 */
const Layout = z.array(
  z.discriminatedUnion('type', [
    Thinking,
    Redacted,
    z.object({ type: z.literal('text'), length: z.number().int().nonnegative() }),
    z.object({ type: z.literal('tool_use') }),
  ]),
);
export type Layout = z.infer<typeof Layout>;

/** The layout that an assistant message keeps where it has signed reasoning; undefined otherwise. */
export function layoutOf(message: AssistantMessage): Layout | undefined {
  const layout = Layout.safeParse(message.providerData?.blocks).data;
  if (layout === undefined) return undefined;
  const text = layout.reduce((sum, block) => sum + (block.type === 'text' ? block.length : 0), 0);
  const calls = layout.filter((block) => block.type === 'tool_use').length;
  const fits = text === message.content.length && calls === (message.toolCalls?.length ?? 0);
  return fits ? layout : undefined;
}

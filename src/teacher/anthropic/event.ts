import { z } from 'zod';

const Tokens = z.number().nonnegative().nullish();

const EventUsage = z.object({
  input_tokens: Tokens,
  output_tokens: Tokens,
  cache_read_input_tokens: Tokens,
  cache_creation_input_tokens: Tokens,
});
export type EventUsage = z.infer<typeof EventUsage>;

const Block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown() }),
]);
export type Block = z.infer<typeof Block>;

const BlockDelta = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text_delta'), text: z.string() }),
  z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
  z.object({ type: z.literal('signature_delta'), signature: z.string() }),
  z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
]);
export type BlockDelta = z.infer<typeof BlockDelta>;

/** The events of an answer that are used. The API adds others freely: what does not fit is passed over. */
export const StreamEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ usage: EventUsage }) }),
  z.object({ type: z.literal('content_block_start'), index: z.number(), content_block: Block }),
  z.object({ type: z.literal('content_block_delta'), index: z.number(), delta: BlockDelta }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullish() }),
    usage: EventUsage.nullish(),
  }),
  z.object({ type: z.literal('message_stop') }),
  /** The whole of an answer that is not streamed. */
  z.object({
    type: z.literal('message'),
    content: z.array(Block),
    stop_reason: z.string().nullish(),
    usage: EventUsage,
  }),
]);
export type StreamEvent = z.infer<typeof StreamEvent>;

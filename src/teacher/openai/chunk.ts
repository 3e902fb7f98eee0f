import { z } from 'zod';

const ToolCallDelta = z.object({
  index: z.number().int().nullish(),
  id: z.string().nullish(),
  function: z
    .object({
      name: z.string().nullish(),
      // Some servers send the object instead of its text.
      arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    })
    .nullish(),
});
export type ToolCallDelta = z.infer<typeof ToolCallDelta>;

const Content = z.union([z.string(), z.array(z.object({ text: z.string().nullish() }))]);

const Delta = z.object({
  content: Content.nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  reasoning_details: z.array(z.record(z.string(), z.unknown())).nullish(),
  tool_calls: z.array(ToolCallDelta).nullish(),
});
export type Delta = z.infer<typeof Delta>;

const Tokens = z.number().nonnegative().nullish();

const ChunkUsage = z.object({
  prompt_tokens: Tokens,
  completion_tokens: Tokens,
  prompt_tokens_details: z.object({ cached_tokens: Tokens }).nullish(),
  /** DeepSeek. */
  prompt_cache_hit_tokens: Tokens,
  /** Moonshot. */
  cached_tokens: Tokens,
});
export type ChunkUsage = z.infer<typeof ChunkUsage>;

/**
 * One event of a streamed chat completion, or the whole of one that is not streamed: they differ in `delta` and
 * `message` alone. Only what is used is checked; servers add fields freely.
 */
export const Chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: Delta.nullish(),
        message: Delta.nullish(),
        finish_reason: z.string().nullish(),
        usage: ChunkUsage.nullish(),
      }),
    )
    .nullish(),
  usage: ChunkUsage.nullish(),
});
export type Chunk = z.infer<typeof Chunk>;

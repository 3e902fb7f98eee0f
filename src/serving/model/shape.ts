import { z } from 'zod';

/** What a model's `config.json` tells about its size. */
export interface ModelShape {
  /** Layers whose keys and values grow with the context; those with a window or a fixed state are not among them. */
  readonly cachedLayers: number;
  readonly attentionHeads: number;
  readonly keyValueHeads: number;
  /** Values of one token in one layer's cache: keys and values of all heads, or the latent of multi-head latent attention. */
  readonly cachedValues: number;
  /** True where every GPU holds the whole cache (latent attention has no heads to share out). */
  readonly cacheReplicated: boolean;
  /** Parameters of the input and output embeddings, which quantization leaves alone. */
  readonly embeddingParameters: number;
  /** Tokens; absent where the configuration does not say or stretches it by a rule of its own. */
  readonly maximumContext?: number;
  /** Rotary positions that can be stretched; absent where they are already, or are of a kind of their own. */
  readonly rotary?: Rotary;
  /** As the checkpoint names it: `fp8`, `awq`, `gptq`, `compressed-tensors`. */
  readonly quantization?: string;
}

/** Rotary positions, as they were trained. */
export interface Rotary {
  /** Tokens. */
  readonly trained: number;
  /** Base of the frequencies. */
  readonly theta: number;
}

const count = z.number().int().positive();
const schema = z.object({
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  vocab_size: count,
  tie_word_embeddings: z.boolean().nullish(),
  max_position_embeddings: count.nullish(),
  layer_types: z.array(z.string()).nullish(),
  kv_lora_rank: count.nullish(),
  qk_rope_head_dim: count.nullish(),
  model_type: z.string().nullish(),
  rope_theta: z.number().positive().nullish(),
  partial_rotary_factor: z.number().nullish(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
});
const quantized = z.object({ quantization_config: z.object({ quant_method: z.string() }) });

/**
 * Reads a parsed `config.json`; of a model with several parts, the part that writes text.
 *
 * @returns undefined where it is not a decoder as these engines know them
 */
export function readShape(config: unknown): ModelShape | undefined {
  const part = z.object({ text_config: z.record(z.string(), z.unknown()) }).safeParse(config);
  const outer = z.record(z.string(), z.unknown()).safeParse(config);
  const parsed = schema.safeParse(part.success ? { ...outer.data, ...part.data.text_config } : config);
  if (!parsed.success) return undefined;
  const method = quantized.safeParse(config);
  const { data } = parsed;
  const rotary = part.success ? undefined : rotaryOf(data);
  return {
    ...attention(data),
    embeddingParameters: data.vocab_size * data.hidden_size * (data.tie_word_embeddings ? 1 : 2),
    ...(data.max_position_embeddings &&
      !isStretched(data) && { maximumContext: data.max_position_embeddings }),
    ...(rotary && { rotary }),
    ...(method.success && { quantization: method.data.quantization_config.quant_method }),
  };
}

type Config = z.infer<typeof schema>;

function attention(config: Config) {
  const heads = config.num_attention_heads;
  const keyValueHeads = config.num_key_value_heads ?? heads;
  const latent = config.kv_lora_rank;
  const headDimension = config.head_dim ?? Math.floor(config.hidden_size / heads);
  return {
    cachedLayers:
      config.layer_types?.filter((type) => type === 'full_attention').length || config.num_hidden_layers,
    attentionHeads: heads,
    keyValueHeads,
    cachedValues: latent ? latent + (config.qk_rope_head_dim ?? 0) : 2 * keyValueHeads * headDimension,
    cacheReplicated: Boolean(latent),
  };
}

/** Engines work out the longest context from the scaling; what `max_position_embeddings` means then differs by model. */
function isStretched(config: Config): boolean {
  const kind = (scaling: Config['rope_scaling']) => scaling?.rope_type ?? scaling?.type ?? 'default';
  return kind(config.rope_scaling) !== 'default' || kind(config.rope_parameters) !== 'default';
}

/** Qwen3 counts a prompt of 8,192 tokens on top of the 32,768 that it was trained on (its model card). */
const QWEN3_COUNTED = 40_960;
const QWEN3_TRAINED = 32_768;

function rotaryOf(config: Config): Rotary | undefined {
  const longest = config.max_position_embeddings;
  const own = Object.keys(config.rope_parameters ?? {}).filter((key) => !/^rope_(type|theta)$/.test(key));
  const theta = config.rope_theta ?? config.rope_parameters?.rope_theta;
  if (!longest || isStretched(config) || own.length > 0 || config.partial_rotary_factor) return undefined;
  if (typeof theta !== 'number') return undefined;
  const qwen3 = config.model_type === 'qwen3' && longest === QWEN3_COUNTED;
  return { trained: qwen3 ? QWEN3_TRAINED : longest, theta };
}

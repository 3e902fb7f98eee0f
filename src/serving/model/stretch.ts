import type { ModelShape, Rotary } from './shape.ts';

/** What models that were stretched by YaRN are published with, and no more. */
const MOST = 4;

/**
 * What to put in place of a model's configuration so that it takes a longer context than it was trained on, by YaRN
 * (arXiv 2309.00071), for every length of prompt alike.
 *
 * @param context tokens
 * @returns undefined where it takes that many already, or cannot be stretched so far
 */
export function stretched({ maximumContext, rotary }: ModelShape, context: number): object | undefined {
  if (!rotary || maximumContext === undefined || context <= maximumContext) return undefined;
  if (context > longestStretched(rotary)) return undefined;
  return {
    max_position_embeddings: context, // vLLM takes it for the length after stretching
    rope_parameters: {
      rope_type: 'yarn',
      factor: context / rotary.trained,
      original_max_position_embeddings: rotary.trained,
      rope_theta: rotary.theta,
    },
  };
}

/** Tokens. */
export function longestStretched({ trained }: Rotary): number {
  return trained * MOST;
}

import { UsageError } from '../error.ts';
import type { Gpu } from './gpu.ts';
import type { ModelShape } from './model/shape.ts';

/** Whether a model fits, for one GPU out of `gpus.length`. Bytes. */
export interface Fit {
  readonly gpus: readonly Gpu[];
  /** Share of each GPU's memory that the engine may take, 0 to 1. */
  readonly utilization: number;
  /** What the engine may take of the smallest GPU; less than `utilization` of it where others use it. */
  readonly usable: number;
  readonly weights: number;
  /** For activations, CUDA graphs and the context of CUDA itself: an estimate. */
  readonly reserve: number;
  /** Keys and values of one request of the full context. */
  readonly cache: number;
  readonly fits: boolean;
  /** Requests of the full context that the cache holds at once. */
  readonly requests: number;
}

export interface FitRequest {
  readonly shape: ModelShape;
  readonly weightBytes: number;
  /** Tokens. */
  readonly context: number;
  /** Asked of the engine; a checkpoint that is quantized already needs none. */
  readonly quantization?: string;
}

/** Engines take nine tenths of a GPU by default; some more leaves still enough for the driver and a display. */
const UTILIZATIONS = [0.9, 0.95] as const;

const GIB = 2 ** 30;
const RESERVE = 2 * GIB;

/** Bytes a weight takes once the engine has quantized a checkpoint of 16 bits, scales included. */
const QUANTIZED: Readonly<Record<string, number>> = {
  fp8: 1,
  fp8_per_tensor: 1,
  fp8_per_block: 1.01,
  fp8_per_channel: 1,
  w8a8_fp8: 1,
  w8a8_int8: 1,
  int8_per_channel_weight_only: 1,
  experts_int8: 1,
  mxfp8: 1.04,
  mxfp4: 0.54,
  nvfp4_per_token: 0.57,
  bitsandbytes: 0.57,
};

/** How many GPUs can share this model: each must get as many attention heads as the next. */
export function divisions({ attentionHeads, keyValueHeads }: ModelShape, most: number): number[] {
  return Array.from({ length: most }, (_, i) => i + 1).filter(
    (n) => attentionHeads % n === 0 && (keyValueHeads % n === 0 || n % keyValueHeads === 0),
  );
}

/**
 * The smallest number of GPUs that holds the model and one request of the full context, the emptiest first;
 * where none does, the fit of the largest number.
 *
 * @param wanted this number and no other
 * @throws UsageError where there are fewer, or the model cannot be shared out among so many
 */
export function chooseFit(request: FitRequest, gpus: readonly Gpu[], wanted?: number): Fit {
  const possible = divisions(request.shape, wanted ?? gpus.length);
  if (wanted !== undefined && wanted > gpus.length) {
    throw new UsageError(`--gpus ${wanted}: this machine has ${gpus.length} that are visible`);
  }
  if (wanted !== undefined && !possible.includes(wanted)) {
    throw new UsageError(
      `--gpus ${wanted}: ${request.shape.attentionHeads} attention heads cannot be shared out equally; possible are ${possible.join(', ')}`,
    );
  }
  const emptiest = gpus.toSorted((a, b) => b.memory - b.used - (a.memory - a.used));
  const fits = (wanted === undefined ? possible : [wanted]).map((n) =>
    roomiest(request, emptiest.slice(0, n)),
  );
  const chosen = fits.find((one) => one.fits) ?? fits.at(-1);
  if (chosen === undefined) throw new UsageError('there is no GPU to plan for');
  return chosen;
}

/** The usual share where it leaves room to spare, for the reserve is an estimate; else the larger one. */
export function roomiest(request: FitRequest, gpus: readonly Gpu[]): Fit {
  const [usual, most] = UTILIZATIONS.map((utilization) => fitOn(request, gpus, utilization));
  if (!usual || !most) throw new Error('no utilizations');
  return usual.requests >= 2 ? usual : most;
}

/** The memory of one of several equal shares. */
function fitOn(request: FitRequest, gpus: readonly Gpu[], utilization: number): Fit {
  const usable = Math.min(...gpus.map(({ memory, used }) => Math.min(memory * utilization, memory - used)));
  const weights = weightsOf(request) / gpus.length;
  const cache = cacheOf(request, gpus.length);
  const left = usable - weights - RESERVE;
  return {
    gpus,
    utilization,
    usable,
    weights,
    reserve: RESERVE,
    cache,
    fits: left >= cache,
    requests: Math.max(0, left / cache),
  };
}

/** The longest context that this fit holds, in whole thousands of 1,024 tokens. */
export function longestContext({ usable, weights, reserve, cache }: Fit, context: number): number {
  const tokens = ((usable - weights - reserve) / cache) * context;
  return Math.max(0, Math.floor(tokens / 1024) * 1024);
}

function weightsOf({ shape, weightBytes, quantization }: FitRequest): number {
  const each = QUANTIZED[quantization ?? ''];
  if (each === undefined || shape.quantization) return weightBytes;
  const embeddings = Math.min(shape.embeddingParameters * 2, weightBytes);
  return embeddings + ((weightBytes - embeddings) / 2) * each;
}

/** Two bytes a value: both engines keep the cache in 16 bits unless told otherwise. */
function cacheOf({ shape, context }: FitRequest, gpus: number): number {
  const whole = shape.cachedLayers * shape.cachedValues * 2 * context;
  return shape.cacheReplicated ? whole : whole / Math.min(gpus, shape.keyValueHeads);
}

/**
 * Requests that are answered at once. vLLM makes itself ready for 1,024 on a large GPU, with CUDA graphs and buffers
 * for all of them, which a student of 32B on one GPU has no memory for; others wait in its queue.
 */
export const REQUESTS_AT_ONCE = 64;

/** What an engine is told, whichever it is. */
export interface EngineSettings {
  /** Folder or Hub id, as the engine will find it. */
  readonly model: string;
  /** What clients call the model. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Tokens of prompt and answer together. */
  readonly context: number;
  /** GPUs that share the model. */
  readonly gpus: number;
  readonly utilization?: number;
  readonly quantization?: string;
  /** Put in place of what the model's `config.json` says. */
  readonly overrides?: object;
  /** Put behind all others, so that they win. */
  readonly more: readonly string[];
}

/** An inference server that speaks OpenAI's chat completions. */
export interface Engine {
  readonly name: 'vllm' | 'sglang';
  readonly title: string;
  /** The package on PyPI, and the version that its options were checked against. */
  readonly version: string;
  readonly image: string;
  /** The command line, without the key. */
  command(settings: EngineSettings): string[];
  /** How the engine learns its key: from a variable of the environment, or from a file of settings. */
  readonly key: { readonly variable: string } | { readonly option: string; file(key: string): string };
  /** Where downloads and compiled kernels lie, to be kept between containers. */
  readonly caches: readonly string[];
}

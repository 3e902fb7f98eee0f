import type { Engine } from './engine/engine.ts';
import type { Gpu } from './gpu.ts';
import type { Model } from './model/model.ts';

/** What a person asks for. */
export interface ServeRequest {
  readonly model: Model;
  readonly engine: Engine;
  /** The GPUs there are; none where nobody can tell. */
  readonly gpus: readonly Gpu[];
  /** This number of them and no other. */
  readonly wanted?: number;
  readonly context: number;
  readonly quantization?: string;
  readonly host: string;
  readonly port: number;
  readonly more: readonly string[];
  /** Where the engine will find the model, if not where it is now. */
  readonly source?: string;
}

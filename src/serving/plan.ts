import { basename } from 'node:path';
import { UsageError } from '../error.ts';
import type { Engine, EngineSettings } from './engine/engine.ts';
import { faultsOf, warningsOf } from './faults.ts';
import { chooseFit, type Fit } from './fit.ts';
import type { Model } from './model/model.ts';
import { stretched } from './model/stretch.ts';
import type { ServeRequest } from './request.ts';

/** What will be started, and what is to be said before. */
export interface ServePlan {
  readonly engine: Engine;
  readonly model: Model;
  readonly settings: EngineSettings;
  readonly command: readonly string[];
  readonly fit?: Fit;
  /** Why it would not work, each with what to do. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Plans the command for a model, the GPUs that share it, and whether it fits.
 *
 * @throws UsageError where the number of GPUs is impossible, or an option would be taken for another
 */
export function planServe(request: ServeRequest): ServePlan {
  const { model, engine, context } = request;
  const sized = fitOf(request);
  const overrides = model.shape && stretched(model.shape, context);
  const settings: EngineSettings = {
    model: request.source ?? model.source,
    name: model.name,
    host: request.host,
    port: request.port,
    context,
    gpus: sized?.gpus.length ?? request.wanted ?? 1,
    ...(sized && { utilization: sized.utilization }),
    ...(request.quantization !== undefined && { quantization: request.quantization }),
    ...(overrides && { overrides }),
    more: request.more,
  };
  return {
    engine,
    model,
    settings,
    command: engine.command(settings),
    ...(sized && { fit: sized }),
    faults: faultsOf(request, sized),
    warnings: warningsOf(request, sized),
  };
}

function fitOf({ model, gpus, wanted, context, quantization }: ServeRequest): Fit | undefined {
  const { shape, weightBytes } = model;
  if (!shape || weightBytes === undefined || gpus.length === 0) return undefined;
  return chooseFit({ shape, weightBytes, context, ...(quantization && { quantization }) }, gpus, wanted);
}

/**
 * A short name for what serves a model: small letters, digits and hyphens, as Modal, Compose and Kubernetes allow.
 *
 * @throws UsageError where the text has none of these
 */
export function serverName(text: string): string {
  const name = basename(text)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  if (name === '') throw new UsageError(`"${text}" gives no name: use --name with letters and digits`);
  return name;
}

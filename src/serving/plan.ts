import { basename } from 'node:path';
import { UsageError } from '../error.ts';
import type { Engine, EngineSettings } from './engine/engine.ts';
import { chooseFit, divisions, type Fit, longestContext, roomiest } from './fit.ts';
import type { Gpu } from './gpu.ts';
import type { Model } from './model/model.ts';
import { longestStretched, stretched } from './model/stretch.ts';

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
    faults: [
      ...model.faults,
      ...gpuFault(request),
      ...(overrides ? [] : contextFault(request)),
      ...quantizationFault(request),
      ...(sized && !sized.fits ? [tooSmall(request, sized)] : []),
    ],
    warnings: [
      ...model.warnings,
      ...(overrides ? [stretchWarning(request)] : []),
      ...unknownFit(request, sized),
    ],
  };
}

function fitOf({ model, gpus, wanted, context, quantization }: ServeRequest): Fit | undefined {
  const { shape, weightBytes } = model;
  if (!shape || weightBytes === undefined || gpus.length === 0) return undefined;
  return chooseFit({ shape, weightBytes, context, ...(quantization && { quantization }) }, gpus, wanted);
}

function contextFault({ model, context }: ServeRequest): string[] {
  const { maximumContext: most, rotary } = model.shape ?? {};
  if (most === undefined || context <= most) return [];
  const known = `${model.name} knows ${grouped(most)} tokens of context`;
  if (!rotary) return [`${known}, not ${grouped(context)}: use --context ${most}`];
  const longest = longestStretched(rotary);
  return [`${known}, and YaRN stretches them to ${grouped(longest)} at most: use --context ${longest}`];
}

function stretchWarning({ model, context }: ServeRequest): string {
  const most = grouped(model.shape?.maximumContext ?? 0);
  return `${model.name} was made for ${most} tokens: it is stretched to ${grouped(context)} by YaRN, and may answer worse`;
}

function gpuFault({ gpus }: ServeRequest): string[] {
  return gpus.length > 0
    ? []
    : ['nvidia-smi finds no GPU here: use --modal, or --gpu KIND to plan for another machine'];
}

/** Engines quantize 16 bits while they load; what is stored quantized they take as it is. */
function quantizationFault({ model, quantization }: ServeRequest): string[] {
  const stored = model.shape?.quantization;
  if (!stored || !quantization || [stored, `${stored}_marlin`].includes(quantization)) return [];
  return [`${model.name} is stored as ${stored} already: leave out --quantization ${quantization}`];
}

/** Where nothing at all is known of the model, its own faults and warnings say why. */
function unknownFit({ gpus, model }: ServeRequest, sized: Fit | undefined): string[] {
  const { shape, weightBytes } = model;
  if (sized || gpus.length === 0 || (!shape && weightBytes === undefined)) return [];
  const what = shape ? 'how large the weights are' : 'what its configuration means';
  return [`whether ${model.name} fits cannot be told: ${what} is not known`];
}

/** One line: what is needed, what there is, and the ways out that are enough by the same reckoning. */
function tooSmall(request: ServeRequest, { usable, weights, cache, reserve, gpus, ...rest }: Fit): string {
  const context = longestContext({ usable, weights, cache, reserve, gpus, ...rest }, request.context);
  const needed = `${gib(weights)} of weights, ${gib(cache)} for ${grouped(request.context)} tokens and ${gib(reserve)} besides`;
  const used = Math.max(...gpus.map((gpu) => gpu.used));
  const others = used > 2 ** 30 ? `, ${gib(used)} of it in use by others` : '';
  const smallest = Math.min(...gpus.map((gpu) => gpu.memory));
  const advice = [moreGpus(request), lessContext(context), quantized(request)].flatMap((way) => way ?? []);
  return (
    `${request.model.name} does not fit: each GPU needs ${needed}, and has ${gib(usable)} of ${gib(smallest)}${others}; ` +
    (advice.length > 0 ? `try ${advice.join(' or ')}` : 'it needs larger GPUs')
  );
}

function lessContext(context: number): string | undefined {
  return context >= 8192 ? `--context ${context}` : undefined;
}

/** The smallest number of such GPUs that would do, also where this machine has fewer. */
function moreGpus({ model, gpus, context, quantization }: ServeRequest): string | undefined {
  const [gpu] = gpus;
  const { shape, weightBytes } = model;
  if (!gpu || !shape || weightBytes === undefined) return undefined;
  const request = { shape, weightBytes, context, ...(quantization && { quantization }) };
  const enough = divisions(shape, 16).find(
    (count) =>
      roomiest(
        request,
        Array.from({ length: count }, () => gpu),
      ).fits,
  );
  if (enough === undefined) return undefined;
  return enough > gpus.length ? `${enough} GPUs like this` : `--gpus ${enough}`;
}

function quantized({ model, gpus, wanted, context, quantization }: ServeRequest): string | undefined {
  const { shape, weightBytes } = model;
  if (quantization || !shape || shape.quantization || weightBytes === undefined) return undefined;
  return chooseFit({ shape, weightBytes, context, quantization: 'fp8' }, gpus, wanted).fits
    ? '--quantization fp8'
    : undefined;
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

/** `61.0 GiB` */
export function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function grouped(tokens: number): string {
  return tokens.toLocaleString('en-US');
}

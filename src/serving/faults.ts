import { chooseFit, divisions, type Fit, longestContext, roomiest } from './fit.ts';
import type { Model } from './model/model.ts';
import { longestStretched, stretched } from './model/stretch.ts';
import type { ServeRequest } from './request.ts';

/** Why it would not work, each in one line with what to do; the first is the one to begin with. */
export function faultsOf(request: ServeRequest, fit: Fit | undefined): string[] {
  return [
    ...request.model.faults,
    ...gpuFault(request),
    ...contextFault(request),
    ...quantizationFault(request),
    ...(fit && !fit.fits ? [tooSmall(request, fit)] : []),
  ];
}

/** What may surprise. */
export function warningsOf(request: ServeRequest, fit: Fit | undefined): string[] {
  return [...request.model.warnings, ...stretchWarning(request), ...unknownFit(request, fit)];
}

/** How many tokens the model takes, and how many by YaRN. */
function contextFault({ model, context }: ServeRequest): string[] {
  const { maximumContext: most, rotary } = model.shape ?? {};
  if (most === undefined || context <= most || isStretched(model, context)) return [];
  const known = `${model.name} knows ${grouped(most)} tokens of context`;
  if (!rotary) return [`${known}, not ${grouped(context)}: use --context ${most}`];
  const longest = longestStretched(rotary);
  return [`${known}, and YaRN stretches them to ${grouped(longest)} at most: use --context ${longest}`];
}

function stretchWarning({ model, context }: ServeRequest): string[] {
  if (!isStretched(model, context)) return [];
  const most = grouped(model.shape?.maximumContext ?? 0);
  return [
    `${model.name} was made for ${most} tokens: it is stretched to ${grouped(context)} by YaRN, and may answer worse`,
  ];
}

function isStretched({ shape }: Model, context: number): boolean {
  return shape !== undefined && stretched(shape, context) !== undefined;
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
function tooSmall(request: ServeRequest, fit: Fit): string {
  const { usable, weights, cache, reserve, gpus } = fit;
  const context = longestContext(fit, request.context);
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

/** `61.0 GiB` */
export function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function grouped(tokens: number): string {
  return tokens.toLocaleString('en-US');
}

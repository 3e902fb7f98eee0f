import { downloadFile, HubApiError, modelInfo } from '@huggingface/hub';
import { ServingError } from '../errors.ts';
import type { Model } from './model.ts';
import { readShape } from './shape.ts';

/** Bytes of one value of each type that a checkpoint may hold. */
const BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
};

export interface HubOptions {
  /** Address of the Hub; default https://huggingface.co. */
  readonly url?: string;
  /** For private and gated models. */
  readonly token?: string;
}

/**
 * Asks the Hub for a model's size. Without a network the model is returned with a warning: the engine may have
 * it in its cache.
 *
 * @throws ServingError where the Hub does not know the model or does not let the user have it
 */
export async function readHub(id: string, { url, token }: HubOptions): Promise<Model> {
  const model = { source: id, place: 'hub', name: id, faults: [], warnings: [] } as const;
  const access = { ...(url && { hubUrl: url }), ...(token && { accessToken: token }) };
  try {
    const [info, file] = await Promise.all([
      modelInfo({ name: id, additionalFields: ['safetensors'], ...access }),
      downloadFile({ repo: id, path: 'config.json', ...access }),
    ]);
    const shape = file === null ? undefined : readShape(JSON.parse(await file.text()));
    const weightBytes = bytesOf(info.safetensors?.parameters ?? {});
    return {
      ...model,
      ...(shape && { shape }),
      ...(weightBytes > 0 && { weightBytes }),
      ...(file === null && {
        faults: [`${id} has no config.json on the Hub: it may be an adapter, or GGUF`],
      }),
    };
  } catch (error) {
    const refusal = refused(error, id, token);
    if (refusal) throw refusal;
    return { ...model, warnings: [`the Hub could not be asked how large ${id} is`] };
  }
}

function bytesOf(parameters: Readonly<Partial<Record<string, number>>>): number {
  return Object.entries(parameters).reduce(
    (sum, [type, count]) => sum + (count ?? 0) * (BYTES[type] ?? 1),
    0,
  );
}

function refused(error: unknown, id: string, token: string | undefined): ServingError | undefined {
  if (!(error instanceof HubApiError)) return undefined;
  if (error.statusCode === 403) {
    return new ServingError(`the Hub does not let you have ${id}: ask for access on its page`);
  }
  if (error.statusCode !== 401 && error.statusCode !== 404) return undefined;
  const advice = token
    ? 'check the name, and that HF_TOKEN may read it'
    : 'check the name; a private one needs HF_TOKEN';
  return new ServingError(`the Hub has no model ${id} for you: ${advice}`);
}

import { z } from 'zod';

const Code = z.union([z.string(), z.number()]).nullish();
const Details = z.object({ message: z.string().nullish(), type: z.string().nullish(), code: Code });
const ErrorBody = z.union([
  z.object({ error: z.union([z.string(), Details]) }),
  z.object({ object: z.literal('error'), ...Details.shape }),
  z.object({ detail: z.string() }),
]);

/** What a server says went wrong, in the forms that are in use (OpenAI, Anthropic, older vLLM, FastAPI). */
export function serverError(data: unknown): { codes: string[]; message: string } | undefined {
  // Nearly all that comes is no error, and a schema that fails is slow.
  const likely = isRecord(data) && ('error' in data || 'detail' in data || data.object === 'error');
  const body = likely ? ErrorBody.safeParse(data).data : undefined;
  if (body === undefined) return undefined;
  if ('detail' in body) return { codes: [], message: body.detail };
  const error = 'error' in body ? body.error : body;
  if (typeof error === 'string') return { codes: [], message: error };
  const codes = [error.code, error.type].filter((code) => code != null).map(String);
  return { codes, message: error.message ?? codes.join(' ') };
}

/** The value of a JSON text; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A foreign text made fit for one line of a message. */
export function oneLine(text: string, length = 300): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

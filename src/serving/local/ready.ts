import { setTimeout as sleep } from 'node:timers/promises';

export interface Probe {
  /** Without a trailing slash and without `/v1`. */
  readonly url: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Milliseconds between two askings, and the most that one may take. */
  readonly every?: number;
  readonly patience?: number;
}

/**
 * Asks until the server says that it is well and lists its models to the holder of the key.
 *
 * @returns the name of the first model
 * @throws an AbortError
 */
export async function untilReady({
  url,
  key,
  signal,
  every = 100,
  patience = 10_000,
}: Probe): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
    const name = await ask(url, key, limit).catch(() => undefined);
    if (name !== undefined) return name;
    await sleep(every, undefined, { signal });
  }
}

async function ask(url: string, key: string, signal: AbortSignal): Promise<string | undefined> {
  const health = await fetch(`${url}/health`, { signal });
  await health.body?.cancel();
  if (!health.ok) return undefined;
  const response = await fetch(`${url}/v1/models`, { signal, headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) {
    await response.body?.cancel();
    return undefined;
  }
  const body: unknown = await response.json();
  return firstModel(body);
}

function firstModel(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('data' in body) || !Array.isArray(body.data))
    return undefined;
  const first: unknown = body.data[0];
  if (typeof first !== 'object' || first === null || !('id' in first)) return undefined;
  return typeof first.id === 'string' ? first.id : undefined;
}

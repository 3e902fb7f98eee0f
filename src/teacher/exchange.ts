import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Fault, faultOf } from './fault.ts';
import { oneLine, parsed, serverError } from './foreign-text.ts';
import { withoutKey } from './keys.ts';
import { retryAfter } from './retry.ts';
import { type Watch, type WatchLimits, watch } from './watch.ts';

export interface ExchangeRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Taken out of everything that comes back. */
  readonly key: string | undefined;
  /** JSON text. */
  readonly body: string;
  readonly limits: WatchLimits;
  readonly signal: AbortSignal | undefined;
  /** True for the payload that ends the answer; nothing is waited for after it. */
  readonly isLast: (data: string) => boolean;
}

/** Milliseconds given to a stream to close by itself after its last event, so that the connection is used again. */
const CLOSING = 250;
/** Bytes of one answer; a stream that passes this has gone wrong. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
const LARGEST_EVENT = 16 * 1024 * 1024;
/** Certificate and protocol errors that no repetition mends. */
const HOPELESS = /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;

/**
 * Posts a request and yields the payloads of the answer: the data of each server-sent event, or the whole body
 * where the server answers in one piece.
 *
 * @throws Fault for everything that went wrong, or the signal's reason when it is aborted
 */
export async function* exchange(request: ExchangeRequest): AsyncGenerator<string, void, undefined> {
  const guard = watch(request.limits, request.signal);
  try {
    const response = await send(request, guard);
    if (isEventStream(response)) yield* events(response, request, guard);
    else yield withoutKey(await text(response, guard), request.key);
  } catch (error) {
    request.signal?.throwIfAborted();
    throw guard.fault() ?? asFault(error);
  } finally {
    guard.stop();
  }
}

async function send(request: ExchangeRequest, guard: Watch): Promise<Response> {
  const { url, headers, body } = request;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream, application/json',
      ...headers,
    },
    body,
    redirect: 'manual',
    signal: guard.signal,
  });
  guard.touch();
  if (response.status >= 300 && response.status < 400) {
    const location = withoutKey(response.headers.get('location') ?? 'another address', request.key);
    throw new Fault('refused', `redirects to ${oneLine(location)}`, {
      refusal: 'address',
    });
  }
  if (!response.ok) throw serverFault(response, withoutKey(await text(response, guard), request.key));
  if (contentType(response) === 'text/html') {
    throw new Fault('transient', 'answered with a web page instead of a completion; is the address right?');
  }
  return response;
}

async function* events(response: Response, request: ExchangeRequest, guard: Watch): AsyncGenerator<string> {
  if (response.body === null) return;
  const stream = response.body
    .pipeThrough(counted(guard))
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ maxBufferSize: LARGEST_EVENT }));
  const reader = stream.getReader();
  for (let event = await reader.read(); !event.done; event = await reader.read()) {
    yield withoutKey(event.value.data, request.key);
    if (!request.isLast(event.value.data)) continue;
    guard.closeWithin(CLOSING);
    while (!(await reader.read().catch(() => ({ done: true }))).done);
    return;
  }
}

function counted(guard: Watch): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      guard.touch();
      bytes += chunk.byteLength;
      if (bytes > LARGEST_ANSWER) throw new Fault('rejected', 'sent an answer of more than 64 MiB');
      controller.enqueue(chunk);
    },
  });
}

async function text(response: Response, guard: Watch): Promise<string> {
  if (response.body === null) return '';
  let result = '';
  for await (const chunk of response.body.pipeThrough(counted(guard)).pipeThrough(new TextDecoderStream())) {
    result += chunk;
  }
  return result;
}

function isEventStream(response: Response): boolean {
  return contentType(response) !== 'application/json';
}

function contentType(response: Response): string {
  return (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function serverFault(response: Response, body: string): Fault {
  const { status, headers } = response;
  const plain = contentType(response) === 'text/html' ? 'with a web page' : body;
  const { codes, message } = serverError(parsed(body)) ?? { codes: [], message: plain };
  // What lies beyond may be the request itself, sent back.
  const words = oneLine(message);
  return faultOf(
    { status, codes, message: words, retryAfter: retryAfter(headers, Date.now()) },
    `answered ${status}${words === '' ? '' : `: ${words}`}`,
  );
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const code = errorCode(error);
  const unreached = error instanceof TypeError && error.message === 'fetch failed';
  const what = unreached ? 'cannot be reached' : 'broke off its answer';
  if (unreached && error.cause instanceof Error && error.cause.message === 'bad port') {
    return new Fault('refused', 'has a port that the Fetch standard forbids', { refusal: 'address' });
  }
  const message = code === undefined ? what : `${what} (${code})`;
  if (code !== undefined && HOPELESS.test(code)) return new Fault('refused', message, { refusal: 'address' });
  return new Fault('transient', message);
}

function errorCode(error: unknown): string | undefined {
  for (let depth = 0; error instanceof Error && depth < 4; depth += 1) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    error = error.cause;
  }
  return undefined;
}

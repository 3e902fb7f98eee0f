import type { ServerResponse } from 'node:http';
import type { AnswerEvent } from '../answer.ts';
import type { ClientRequest } from '../conversation.ts';
import { type ExchangeOptions, exchange } from '../exchange.ts';
import { ProxyFault } from '../fault.ts';
import { translate } from '../translate/translate.ts';
import type { ClientProtocol } from '../writer.ts';
import type { AppSettings } from './app.ts';
import type { Metrics } from './metrics.ts';
import { AnswerStream, endStalled } from './stream.ts';

export interface AnswerOptions {
  readonly request: ClientRequest;
  readonly protocol: ClientProtocol;
  readonly outgoing: ServerResponse;
  readonly settings: AppSettings;
  readonly metrics: Metrics;
  /** `performance.now()` when the request came. */
  readonly started: number;
}

/** Answers one request on the client's connection; a client that goes away takes its question back. */
export async function answer(options: AnswerOptions): Promise<void> {
  const { request, outgoing, settings, metrics } = options;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  outgoing.once('close', leave);
  let isFirst = true;
  const told = (event: AnswerEvent): AnswerEvent => {
    if (isFirst && event.type !== 'end') metrics.firstToken((performance.now() - options.started) / 1000);
    isFirst = false;
    if (settings.logContents) settings.log.info({ event }, 'answer');
    return event;
  };
  try {
    const { dialogue, root } = await translate(request, settings);
    const parts = { request, dialogue, upstream: settings.upstream, root, signal: gone.signal };
    if (request.stream) await streamed(options, parts, told);
    else await inOnePiece(options, parts, told);
  } catch (error) {
    // Nobody is there to be told.
    if (!gone.signal.aborted) throw error;
  } finally {
    outgoing.off('close', leave);
  }
}

type Parts = Omit<ExchangeOptions, 'emit' | 'onBegin'>;
type Told = (event: AnswerEvent) => AnswerEvent;

async function streamed(options: AnswerOptions, parts: Parts, told: Told): Promise<void> {
  const { protocol, outgoing, settings, metrics, request } = options;
  const stream = new AnswerStream(outgoing, protocol.writer(request, settings), settings);
  try {
    const emit = (event: AnswerEvent) => stream.write(told(event));
    metrics.used(await exchange({ ...parts, emit, onBegin: () => stream.beginSoon() }));
    stream.end();
  } catch (error) {
    stream.abandon();
    if (parts.signal.aborted || !stream.isBegun) throw error;
    const fault = faultOf(error, settings);
    metrics.failed(fault.kind);
    stream.fail(fault);
  }
}

async function inOnePiece(options: AnswerOptions, parts: Parts, told: Told): Promise<void> {
  const { protocol, outgoing, settings, metrics, request } = options;
  const events: AnswerEvent[] = [];
  const emit = (event: AnswerEvent): undefined => {
    events.push(told(event));
  };
  metrics.used(await exchange({ ...parts, emit, onBegin: () => {} }));
  const body = JSON.stringify(protocol.whole(request, events, settings));
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  outgoing.end(body);
  endStalled(outgoing, settings.stallMs);
}

/** What a client is told of an error; one of the proxy's own is logged, and says nothing of itself. */
export function faultOf(error: unknown, { log }: Pick<AppSettings, 'log'>): ProxyFault {
  if (error instanceof ProxyFault) return error;
  log.error({ err: error }, 'the proxy failed');
  return new ProxyFault('broken', 'The proxy failed.');
}

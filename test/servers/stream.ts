import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, RecordedRequest, RunningServer, ServerScript } from './script.ts';

/** An error in a protocol's own form. */
export interface ProtocolError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** What differs between the two protocols. */
export interface Protocol {
  /** Path of the only call. */
  readonly path: string;
  /** What follows the origin in the server's url. */
  readonly base: string;
  turnOf(body: unknown): number;
  /** What the real server would refuse. */
  refusal(request: RecordedRequest, body: unknown, script: ServerScript): ProtocolError | undefined;
  errorBody(error: ProtocolError): string;
  errorEvent(error: ProtocolError): string;
  /** The whole answer in one piece, or as the texts of server-sent events. */
  respond(
    request: RecordedRequest,
    body: unknown,
    script: ServerScript,
  ): Promise<{ whole: string } | { events: string[] }>;
}

/** Serves a script over a protocol on 127.0.0.1. */
export async function serve(protocol: Protocol, script: ServerScript): Promise<RunningServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, response) => {
    handle(protocol, script, requests, incoming, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  });
  server.listen(script.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${protocol.base}`,
    requests,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => {});
    },
  };
}

async function handle(
  protocol: Protocol,
  script: ServerScript,
  requests: RecordedRequest[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const path = incoming.url ?? '';
  const fail = (error: ProtocolError, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(error.status, { 'content-type': 'application/json', ...headers });
    response.end(protocol.errorBody(error));
  };
  const body = parsed(text);
  if (path !== protocol.path)
    return fail({ status: 404, code: 'not_found_error', message: `no route ${path}` });
  if (body === undefined)
    return fail({ status: 400, code: 'invalid_request_error', message: 'the body is no JSON' });
  const request = {
    path,
    headers: incoming.headers,
    body: text,
    index: requests.length,
    turn: protocol.turnOf(body),
  };
  requests.push(request);
  const fault = script.fault?.(request);
  if (fault?.kind === 'silence') return;
  if (fault?.kind === 'reset') {
    incoming.socket.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'status') {
    const { status, message = 'injected', code = 'injected', headers } = fault;
    if (fault.body === undefined) return fail({ status, message, code }, headers);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(fault.body);
    return;
  }
  const refusal = protocol.refusal(request, body, script);
  if (refusal !== undefined) return fail(refusal);
  const answer = await protocol.respond(request, body, script);
  if ('whole' in answer) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(answer.whole);
    return;
  }
  if (script.sliced === true && fault === undefined) await sliced(answer.events.join(''), response);
  else await stream(protocol, answer.events, fault, response);
}

async function stream(
  protocol: Protocol,
  events: readonly string[],
  fault: Fault | undefined,
  response: ServerResponse,
): Promise<void> {
  const type = fault?.kind === 'content-type' ? fault.value : 'text/event-stream; charset=utf-8';
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
  for (const [position, event] of events.entries()) {
    if (fault?.kind === 'slow') await wait(fault.milliseconds);
    if (fault !== undefined && 'after' in fault && position === fault.after) {
      if (fault.kind === 'stall') return;
      if (fault.kind === 'truncated') break;
      if (fault.kind === 'cut') {
        // What was written must have left before the cut.
        await wait(20);
        response.destroy();
        return;
      }
      response.write(
        fault.kind === 'garbage' ? 'data: {"id": "x", \n\n' : protocol.errorEvent({ status: 500, ...fault }),
      );
      if (fault.kind === 'error-event') break;
    }
    if (response.destroyed) return;
    response.write(event);
  }
  response.end();
}

async function sliced(text: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  const bytes = Buffer.from(text);
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7 + 3) % 41 || 1) {
    response.write(bytes.subarray(at, at + size));
    await new Promise(setImmediate);
  }
  response.end();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

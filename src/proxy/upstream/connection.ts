import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ProxyFault } from '../fault.ts';

export interface UpstreamReply {
  readonly status: number;
  readonly message: IncomingMessage;
}

/** Keeps connections to the model's server open, as many as there are streams. */
export class Connection {
  readonly #origin: string;
  readonly #key: string | undefined;
  readonly #idleMs: number;
  readonly #agent: HttpAgent | HttpsAgent;

  /**
   * @param origin of the server, without `/v1`
   * @param idleMs milliseconds of silence after which the server is given up
   */
  constructor(origin: string, key: string | undefined, idleMs: number) {
    this.#origin = origin;
    this.#key = key;
    this.#idleMs = idleMs;
    const options = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 };
    this.#agent = origin.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /**
   * Sends a request; with a body it is a POST of JSON. A connection that the server closed while it was idle is
   * replaced once, unseen.
   *
   * @throws ProxyFault the server cannot be reached
   */
  async send(path: string, body: string | undefined, signal: AbortSignal): Promise<UpstreamReply> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(path, body, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof StaleConnection && attempt < 2) continue;
        throw new ProxyFault(
          'unreachable',
          `The model's server at ${this.#origin} cannot be reached: ${reason(error)}.`,
        );
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #once(path: string, body: string | undefined, signal: AbortSignal): Promise<UpstreamReply> {
    const send = this.#origin.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = send(this.#origin + path, {
        agent: this.#agent,
        method: body === undefined ? 'GET' : 'POST',
        signal,
        headers: {
          accept: 'application/json, text/event-stream',
          ...(this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` }),
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      });
      request.setTimeout(this.#idleMs, () => {
        request.destroy(new Error(`nothing came for ${Math.round(this.#idleMs / 1000)} s`));
      });
      request.on('response', (message) => resolve({ status: message.statusCode ?? 502, message }));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const stale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(stale ? new StaleConnection() : error);
      });
      request.end(body);
    });
  }
}

class StaleConnection extends Error {}

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;

function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (UNTRUSTED.test(code))
    return `its certificate is not trusted (${code}); NODE_EXTRA_CA_CERTS=FILE names one to trust`;
  return error instanceof Error ? error.message : String(error);
}

/** Longest answer that is read in one piece. */
const LONGEST_BODY = 32 * 1024 * 1024;

/**
 * @throws ProxyFault it broke off, or is too long
 */
export async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message) {
      length += chunk.length;
      if (length > LONGEST_BODY) throw new Error('it is longer than 32 MiB');
      chunks.push(chunk);
    }
  } catch (error) {
    message.destroy();
    throw new ProxyFault('broken', `The answer of the model's server broke off: ${reason(error)}.`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

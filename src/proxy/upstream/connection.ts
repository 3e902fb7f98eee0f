import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { ProxyFault } from '../fault.ts';

export interface UpstreamReply {
  readonly status: number;
  readonly message: IncomingMessage;
}

/** Keeps connections to the model's server open, as many as there are streams. */
export class Connection {
  readonly #origin: string;
  readonly #idleMs: number;
  readonly #agent: HttpAgent | HttpsAgent;
  /** Where requests go, and what each of them says: taken apart and put together once. */
  readonly #address: RequestOptions;
  readonly #path: string;
  readonly #headers: readonly string[];

  /**
   * @param origin of the server, without `/v1`
   * @param idleMs milliseconds of silence after which the server is given up
   */
  constructor(origin: string, key: string | undefined, idleMs: number) {
    this.#origin = origin;
    this.#idleMs = idleMs;
    const options = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 256 };
    this.#agent = origin.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
    const url = new URL(origin);
    this.#address = urlToHttpOptions(url);
    this.#path = url.pathname.replace(/\/$/, '');
    const { auth } = this.#address;
    const basic = auth ? `Basic ${Buffer.from(auth).toString('base64')}` : undefined;
    const shown = key === undefined ? basic : `Bearer ${key}`;
    this.#headers = [
      ...['host', url.host, 'accept', 'application/json, text/event-stream'],
      ...(shown === undefined ? [] : ['authorization', shown]),
    ];
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

  async #once(path: string, body: string | undefined, signal: AbortSignal): Promise<UpstreamReply> {
    signal.throwIfAborted();
    const send = this.#origin.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const content =
        body === undefined
          ? []
          : ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];
      const request = send({
        ...this.#address,
        agent: this.#agent,
        method: body === undefined ? 'GET' : 'POST',
        path: this.#path + path,
        headers: [...this.#headers, ...content],
      });
      signal.addEventListener('abort', () => request.destroy(signal.reason), { once: true });
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

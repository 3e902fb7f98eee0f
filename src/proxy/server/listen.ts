import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { pino } from 'pino';
import { UsageError } from '../../error.ts';
import type { TranslationSettings } from '../translate/translate.ts';
import { Upstream, type UpstreamState } from '../upstream/upstream.ts';
import { createApp } from './app.ts';

export interface ProxySettings extends TranslationSettings {
  readonly upstream: {
    /** Of the model's server, with or without `/v1`. */
    readonly url: string;
    /** What the server wants to be shown. */
    readonly key?: string | undefined;
    /** The server's first where left out. */
    readonly model?: string | undefined;
  };
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** What clients must show. */
  readonly key?: string | undefined;
  readonly showThinking: boolean;
  readonly logContents?: boolean;
  /** Whether nothing is logged: what is started on the proxy has the terminal. */
  readonly silent?: boolean;
  /** Milliseconds of silence before a client is sent a ping. */
  readonly pingMs?: number;
  /** Milliseconds of silence after which the model's server is given up. */
  readonly idleMs?: number;
  /** Milliseconds that a client may leave unread what is waiting for it. */
  readonly stallMs?: number;
  /** Milliseconds that a client may take to send a request. */
  readonly requestMs?: number;
  /** Bytes of a request. */
  readonly bodyLimit?: number;
}

export interface RunningProxy {
  /** Where clients find it, without `/v1`. */
  readonly url: string;
  /** What the server serves, as far as it tells. */
  model(): Promise<{ readonly model: string | undefined; readonly context: number | undefined }>;
  /** Whether the model's server can be asked. */
  check(): Promise<UpstreamState>;
  close(): Promise<void>;
}

const PING_MS = 5_000;
const IDLE_MS = 600_000;
const STALL_MS = 120_000;
const REQUEST_MS = 120_000;
const HEADERS_MS = 30_000;
const BODY_LIMIT = 64 * 1024 * 1024;
const LOCAL = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * Starts the proxy.
 *
 * @throws UsageError another machine could reach it, and there is no key; or its address is taken
 */
export async function startProxy(settings: ProxySettings): Promise<RunningProxy> {
  const { host, port, key } = settings;
  if (!LOCAL.has(host) && !key)
    throw new UsageError(
      `On ${host} others can reach the proxy: give it a key with --api-key-env NAME, or listen on 127.0.0.1.`,
    );
  const upstream = openUpstream(settings);
  const app = createApp({
    ...settings,
    upstream,
    key,
    bodyLimit: settings.bodyLimit ?? BODY_LIMIT,
    pingMs: settings.pingMs ?? PING_MS,
    stallMs: settings.stallMs ?? STALL_MS,
    log: pino(
      { name: 'proxy', enabled: settings.silent !== true },
      pino.destination({ dest: 2, sync: false }),
    ),
    logContents: settings.logContents === true,
  });
  // An answer may take as long as the model does; a request may not.
  const requestTimeout = settings.requestMs ?? REQUEST_MS;
  const headersTimeout = Math.min(HEADERS_MS, requestTimeout);
  const serverOptions = { requestTimeout, headersTimeout, connectionsCheckingInterval: headersTimeout };
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions }) as Server;
  // A tool may work for a while between two questions.
  server.keepAliveTimeout = 75_000;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(refusedAddress(host, port, error));
  }
  const address = server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${name}:${address.port}`,
    model: () => upstream.describe(),
    check: () => upstream.check(),
    async close() {
      server.close();
      server.closeAllConnections();
      upstream.close();
      await once(server, 'close').catch(() => {});
    },
  };
}

function refusedAddress(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken: choose another with --port, or 0 for a free one.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${host}: see --host.`;
  return `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}.`;
}

function openUpstream({ upstream, idleMs = IDLE_MS }: ProxySettings): Upstream {
  if (!URL.canParse(upstream.url) || !/^https?:/.test(upstream.url))
    throw new UsageError(`--upstream ${upstream.url} is no URL: give one such as http://127.0.0.1:8000.`);
  return new Upstream({ url: upstream.url, key: upstream.key, model: upstream.model, idleMs });
}

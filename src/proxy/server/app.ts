import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { anthropicProtocol } from '../anthropic/protocol.ts';
import { estimate } from '../exchange.ts';
import { ProxyFault } from '../fault.ts';
import { openaiProtocol } from '../openai/protocol.ts';
import { responsesProtocol } from '../responses/protocol.ts';
import { type TranslationSettings, translate } from '../translate/translate.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { ClientProtocol } from '../writer.ts';
import { answer, faultOf } from './answer.ts';
import { readBytes } from './body.ts';
import { KeyCheck } from './key.ts';
import { Metrics } from './metrics.ts';
import type { StreamLimits } from './stream.ts';

export interface AppSettings extends TranslationSettings, StreamLimits {
  readonly upstream: Upstream;
  /** What clients must show; none where undefined. */
  readonly key: string | undefined;
  readonly showThinking: boolean;
  /** Bytes of a request. */
  readonly bodyLimit: number;
  readonly log: Logger;
  readonly logContents: boolean;
}

export type Env = { Bindings: HttpBindings };

/** The routes of the proxy. */
export function createApp(settings: AppSettings): Hono<Env> {
  const app = new Hono<Env>();
  const metrics = new Metrics();
  const keys = new KeyCheck(settings.key);
  const { upstream } = settings;

  app.get('/health', async (context) => {
    const isThere = await upstream.isThere(AbortSignal.timeout(3000));
    return context.json({ status: isThere ? 'ok' : 'upstream unreachable' }, isThere ? 200 : 503);
  });
  app.use('*', async (context, next) => {
    const shown = {
      authorization: context.req.header('authorization'),
      apiKey: context.req.header('x-api-key'),
    };
    if (!keys.admits(shown))
      return refuse(context, new ProxyFault('unauthorized', 'The key is missing or wrong.'));
    // A web page can make a browser ask; what it cannot do is show a key.
    if (settings.key === undefined && context.req.header('origin') !== undefined)
      return refuse(
        context,
        new ProxyFault('forbidden', 'A browser may ask only with a key: see --api-key-env.'),
      );
    return next();
  });
  app.get('/metrics', async (context) => {
    const text = await metrics.registry.metrics();
    return context.text(text, 200, { 'content-type': metrics.registry.contentType });
  });
  app.get('/v1/models', async (context) => {
    const names = await upstream.models();
    return context.json(modelList(names, protocolOf(context).name));
  });
  app.get('/v1/models/:name', (context) =>
    context.json(modelBody(context.req.param('name'), protocolOf(context).name)),
  );
  app.post('/v1/messages/count_tokens', async (context) => {
    const { incoming } = context.env;
    const request = anthropicProtocol.read(await readBytes(incoming, settings.bodyLimit));
    const { dialogue } = await translate(request, settings);
    const question = { ...dialogue, maxTokens: undefined, sampling: {} };
    const count = await upstream.countTokens(question, request.model, AbortSignal.timeout(10_000));
    return context.json({ input_tokens: count ?? estimate(question) });
  });

  const respond = async (context: Context<Env>, protocol: ClientProtocol): Promise<Response> => {
    const { incoming, outgoing } = context.env;
    const started = performance.now();
    metrics.opened();
    outgoing.once('close', () => metrics.closed(context.req.path, outgoing.statusCode));
    const body = await readBytes(incoming, settings.bodyLimit);
    const request = protocol.read(body);
    if (settings.logContents) settings.log.info({ body: JSON.parse(body.toString('utf8')) }, 'request');
    await answer({ request, protocol, outgoing, settings, metrics, started });
    return RESPONSE_ALREADY_SENT;
  };
  app.post('/v1/messages', (context) => respond(context, anthropicProtocol));
  app.post('/v1/chat/completions', (context) => respond(context, openaiProtocol));
  app.post('/v1/responses', (context) => respond(context, responsesProtocol));

  app.notFound((context) =>
    refuse(context, new ProxyFault('not-found', `There is no ${context.req.path} here.`)),
  );
  app.onError((error, context) => {
    const fault = faultOf(error, settings);
    metrics.failed(fault.kind);
    return refuse(context, fault);
  });
  return app;
}

/** Anthropic's clients say their protocol's version; everything else is OpenAI's. */
function protocolOf(context: Context<Env>): ClientProtocol {
  if (context.req.path.startsWith('/v1/responses')) return responsesProtocol;
  const isAnthropic =
    context.req.path.startsWith('/v1/messages') || context.req.header('anthropic-version') !== undefined;
  return isAnthropic ? anthropicProtocol : openaiProtocol;
}

function refuse(context: Context<Env>, fault: ProxyFault): Response {
  const protocol = protocolOf(context);
  const status = protocol.status(fault) as ContentfulStatusCode;
  // What is left of a body that nobody will read must not be taken for the next request.
  if (fault.kind === 'too-large') context.header('connection', 'close');
  if (fault.retryAfter !== undefined) context.header('retry-after', fault.retryAfter);
  return context.json(protocol.errorBody(fault), status);
}

function modelList(names: readonly string[], protocol: ClientProtocol['name']): object {
  const data = names.map((name) => modelBody(name, protocol));
  if (protocol !== 'anthropic') return { object: 'list', data };
  return { data, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null };
}

function modelBody(id: string, protocol: ClientProtocol['name']): object {
  return protocol === 'anthropic'
    ? { id, type: 'model', display_name: id, created_at: '1970-01-01T00:00:00Z' }
    : { id, object: 'model', created: 0, owned_by: 'sera' };
}

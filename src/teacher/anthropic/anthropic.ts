import { exchange } from '../exchange.ts';
import { Fault, faultOf } from '../fault.ts';
import { isRecord, oneLine, parsed, serverError } from '../foreign-text.ts';
import { type Concession, negotiation } from '../negotiation.ts';
import type { Completion, EndpointSettings, Provider } from '../provider.ts';
import type { Question } from '../teacher.ts';
import { Accumulator } from './accumulator.ts';
import { StreamEvent } from './event.ts';
import { messagesBody, messagesTools } from './messages.ts';

/** The API demands a limit; every model accepts this one. */
const MAX_TOKENS = 8_192;
const VERSION = '2023-06-01';
const OVERFLOWN = 'model_context_window_exceeded';

/** The Anthropic Messages protocol, with the prompt cache. */
export function anthropicProvider(settings: EndpointSettings): Provider {
  const { model, url, key, limits, log } = settings;
  const name = `${model} at ${url}`;
  const headers = {
    'anthropic-version': VERSION,
    ...(key.value === undefined ? {} : { 'x-api-key': key.value }),
  };
  const asking = negotiation(DIALECT, concede, (what) => log(`${name} ${what}.`));
  return {
    model,
    name,
    keyVariable: key.variable,
    complete: (question, signal) =>
      asking((dialect) => {
        const body = JSON.stringify(requestBody(settings, dialect, question));
        const request = { url: `${url}/messages`, headers, key: key.value, body, limits, signal, isLast };
        return completion(exchange(request));
      }),
  };
}

/** What later models have given up. */
interface Dialect {
  readonly temperature: boolean;
  readonly thinking: 'enabled' | 'adaptive';
}

const DIALECT: Dialect = { temperature: true, thinking: 'enabled' };

function concede(dialect: Dialect, complaint: string): Concession<Dialect> | undefined {
  if (dialect.temperature && /\btemperature\b/.test(complaint)) {
    return { dialect: { ...dialect, temperature: false }, what: 'takes no temperature and uses its own' };
  }
  if (dialect.thinking === 'enabled' && /\badaptive\b/.test(complaint)) {
    return { dialect: { ...dialect, thinking: 'adaptive' }, what: 'decides itself how long it thinks' };
  }
  return undefined;
}

/** The messages come last, so that a question's body but for the marks and its end begins the next one's. */
function requestBody({ model, sampling }: EndpointSettings, dialect: Dialect, question: Question): object {
  const { maxOutputTokens = MAX_TOKENS, thinkingTokens, temperature } = sampling;
  return {
    model,
    stream: true,
    max_tokens: maxOutputTokens + (thinkingTokens ?? 0),
    // Thinking and temperature exclude each other.
    ...(thinkingTokens === undefined && dialect.temperature ? { temperature } : {}),
    ...(thinkingTokens === undefined ? {} : { thinking: thinking(dialect, thinkingTokens) }),
    ...(question.tools.length === 0 ? {} : { tools: messagesTools(question.tools) }),
    ...messagesBody(question.messages),
  };
}

function thinking(dialect: Dialect, tokens: number): object {
  return dialect.thinking === 'adaptive' ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: tokens };
}

function isLast(data: string): boolean {
  return data.startsWith('{"type":"message_stop"') || data.startsWith('{"type": "message_stop"');
}

async function completion(answer: AsyncIterable<string>): Promise<Completion> {
  const pieces = new Accumulator();
  try {
    for await (const data of answer) {
      const event = streamEvent(data);
      if (event !== undefined) pieces.add(event);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // All that was missing is the end of the stream; otherwise what came was billed.
    if (pieces.stopReason === undefined) throw billed(error, pieces);
  }
  if (pieces.stopReason === undefined) throw billed(new Fault('transient', 'broke off its answer'), pieces);
  if (pieces.stopReason === OVERFLOWN)
    throw new Fault('overflow', 'filled its context', { usage: pieces.usage });
  return { message: pieces.message(), usage: pieces.usage, finish: pieces.finish };
}

function streamEvent(data: string): StreamEvent | undefined {
  const value = parsed(data);
  if (!isRecord(value) || typeof value.type !== 'string') {
    throw new Fault('transient', `sent what is no answer: ${oneLine(data, 80)}`);
  }
  if (value.type === 'error') {
    const error = serverError(value) ?? { codes: [], message: 'no reason given' };
    throw faultOf({ status: 500, ...error }, `ended its answer with an error: ${oneLine(error.message)}`);
  }
  return StreamEvent.safeParse(value).data;
}

function billed(fault: Fault, { usage }: Accumulator): Fault {
  const { kind, message, refusal, retryAfter } = fault;
  return usage === undefined ? fault : new Fault(kind, message, { refusal, retryAfter, usage });
}

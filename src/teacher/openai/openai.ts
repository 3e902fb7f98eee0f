import { exchange } from '../exchange.ts';
import { Fault, faultOf } from '../fault.ts';
import { oneLine, parsed, serverError } from '../foreign-text.ts';
import { type Concession, negotiation } from '../negotiation.ts';
import type { Completion, EndpointSettings, Provider } from '../provider.ts';
import type { Question } from '../teacher.ts';
import { Accumulator } from './accumulator.ts';
import { Chunk } from './chunk.ts';
import { chatMessages, chatTools } from './messages.ts';

/** Finish reasons that mean a broken answer: z.ai, vLLM, OpenRouter. */
const BROKEN = new Set(['network_error', 'abort', 'error']);
const OVERFLOWN = 'model_context_window_exceeded';

/** The OpenAI chat-completions protocol, as OpenAI, vLLM, SGLang, z.ai, OpenRouter, Ollama, llama.cpp speak it. */
export function openAIProvider(settings: EndpointSettings): Provider {
  const { model, url, key, limits, log } = settings;
  const name = `${model} at ${url}`;
  const headers = key.value === undefined ? {} : { authorization: `Bearer ${key.value}` };
  const isLast = (data: string) => data === '[DONE]';
  const asking = negotiation(DIALECT, concede, (what) => log(`${name} ${what}.`));
  return {
    model,
    name,
    keyVariable: key.variable,
    complete: (question, signal) =>
      asking((dialect) => {
        const body = JSON.stringify(chatBody(settings, dialect, question));
        const request = {
          url: `${url}/chat/completions`,
          headers,
          key: key.value,
          body,
          limits,
          signal,
          isLast,
        };
        return completion(exchange(request), `call_${question.messages.length}`);
      }),
  };
}

/** Parameters that some models refuse. */
interface Dialect {
  readonly temperature: boolean;
  readonly streamOptions: boolean;
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
}

const DIALECT: Dialect = { temperature: true, streamOptions: true, maxTokens: 'max_tokens' };

/** OpenAI's reasoning models take no temperature and a limit by another name; old servers no `stream_options`. */
function concede(dialect: Dialect, complaint: string): Concession<Dialect> | undefined {
  if (dialect.maxTokens === 'max_tokens' && complaint.includes('max_completion_tokens')) {
    return {
      dialect: { ...dialect, maxTokens: 'max_completion_tokens' },
      what: 'wants max_completion_tokens',
    };
  }
  if (dialect.temperature && /\btemperature\b/.test(complaint)) {
    return { dialect: { ...dialect, temperature: false }, what: 'takes no temperature and uses its own' };
  }
  if (dialect.streamOptions && /stream_options|include_usage/.test(complaint)) {
    return {
      dialect: { ...dialect, streamOptions: false },
      what: 'takes no stream_options: usage may be estimated',
    };
  }
  return undefined;
}

/** The messages come last, so that the whole body of a question but its end begins the next one's. */
function chatBody(
  { model, sampling }: EndpointSettings,
  dialect: Dialect,
  { messages, tools }: Question,
): object {
  return {
    model,
    stream: true,
    ...(dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
    ...(dialect.temperature ? { temperature: sampling.temperature } : {}),
    ...(sampling.maxOutputTokens === undefined ? {} : { [dialect.maxTokens]: sampling.maxOutputTokens }),
    ...(tools.length === 0 ? {} : { tools: chatTools(tools) }),
    messages: chatMessages(messages),
  };
}

async function completion(answer: AsyncIterable<string>, prefix: string): Promise<Completion> {
  const pieces = new Accumulator();
  let done = false;
  try {
    for await (const data of answer) {
      if (data === '[DONE]') done = true;
      else pieces.add(chunk(data));
    }
  } catch (error) {
    // All that was missing is the end of the stream.
    if (pieces.finish === undefined || !(error instanceof Fault)) throw error;
  }
  if (pieces.finish === undefined && !done) throw new Fault('transient', 'broke off its answer');
  if (pieces.finish === OVERFLOWN) throw new Fault('overflow', 'filled its context', { usage: pieces.usage });
  if (BROKEN.has(pieces.finish ?? '')) {
    throw new Fault('transient', `ended its answer with ${pieces.finish}`, { usage: pieces.usage });
  }
  return { message: pieces.message(prefix), usage: pieces.usage, finish: pieces.finishReason };
}

function chunk(data: string): Chunk {
  const value = parsed(data);
  const error = serverError(value);
  if (error !== undefined) {
    const status = Number(error.codes.find((code) => /^[45]\d\d$/.test(code)) ?? 500);
    throw faultOf({ status, ...error }, `ended its answer with an error: ${oneLine(error.message)}`);
  }
  const result = Chunk.safeParse(value);
  if (!result.success) throw new Fault('transient', `sent what is no completion: ${oneLine(data, 80)}`);
  return result.data;
}

import { exchange, oneLine, parsed, serverError } from '../exchange.ts';
import { Fault, faultOf } from '../fault.ts';
import type { Key } from '../keys.ts';
import type { Completion, Provider, Sampling } from '../provider.ts';
import type { Question } from '../teacher.ts';
import type { WatchLimits } from '../watch.ts';
import { Accumulator } from './accumulator.ts';
import { Chunk } from './chunk.ts';
import { chatMessages, chatTools } from './messages.ts';

export interface OpenAISettings {
  readonly model: string;
  /** Up to and without `/chat/completions`. */
  readonly url: string;
  readonly key: Key;
  readonly sampling: Sampling;
  readonly limits: WatchLimits;
}

/** Finish reasons that mean a broken answer: z.ai, vLLM, OpenRouter. */
const BROKEN = new Set(['network_error', 'abort', 'error']);
const OVERFLOWN = 'model_context_window_exceeded';

/** The OpenAI chat-completions protocol, as OpenAI, vLLM, SGLang, z.ai, OpenRouter, Ollama, llama.cpp speak it. */
export function openAIProvider(settings: OpenAISettings): Provider {
  const { model, url, key, sampling, limits } = settings;
  const headers = key.value === undefined ? {} : { authorization: `Bearer ${key.value}` };
  return {
    model,
    name: `${model} at ${url}`,
    keyVariable: key.variable,
    key: key.value,
    complete: async (question, signal) => {
      const body = JSON.stringify(chatBody(model, sampling, question));
      const answer = exchange({
        url: `${url}/chat/completions`,
        headers,
        key: key.value,
        body,
        limits,
        signal,
        isLast: (data) => data === '[DONE]',
      });
      return completion(answer, `call_${question.messages.length}`);
    },
  };
}

/** The messages come last, so that the whole body of a question but its end begins the next one's. */
function chatBody(model: string, sampling: Sampling, { messages, tools }: Question): object {
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    temperature: sampling.temperature,
    ...(sampling.maxOutputTokens === undefined ? {} : { max_tokens: sampling.maxOutputTokens }),
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
    const status = /^[45]\d\d$/.test(error.code) ? Number(error.code) : 500;
    throw faultOf({ status, ...error }, `ended its answer with an error: ${oneLine(error.message)}`);
  }
  const result = Chunk.safeParse(value);
  if (!result.success) throw new Fault('transient', `sent what is no completion: ${oneLine(data, 80)}`);
  return result.data;
}

import { z } from 'zod';
import type { AnswerAccumulator } from './accumulator.ts';
import type { ChatQuestion } from './chat.ts';
import { Connection, readText } from './connection.ts';
import { jsonList } from './json-text.ts';
import { readOverflow, shorterAnswer } from './overflow.ts';
import { type Listener, readAnswer } from './read-answer.ts';
import { refusalOf, tooLong } from './refusal.ts';

export type UpstreamState =
  | { readonly type: 'well' }
  | { readonly type: 'unlisted' | 'unusable'; readonly text: string };

export interface UpstreamSettings {
  /** Of the server, with or without `/v1`. */
  readonly url: string;
  readonly key: string | undefined;
  /** The model to ask for; the server's own where left out. */
  readonly model: string | undefined;
  /** Milliseconds of silence after which the server is given up. */
  readonly idleMs: number;
}

const ModelList = z.object({
  data: z.array(z.object({ id: z.string(), max_model_len: z.number().nullish() })),
});
const TokenCount = z.object({ count: z.number() });

const MOST_ATTEMPTS = 4;
const LIST_MS = 15_000;
/** More than in any language or code, so that a prompt is never taken for longer than it is. */
const CHARACTERS_PER_TOKEN = 8;

/** A server that speaks OpenAI chat completions, such as vLLM or SGLang. */
export class Upstream {
  readonly #origin: string;
  readonly #connection: Connection;
  readonly #model: string | undefined;
  #served: Promise<z.infer<typeof ModelList>['data']> | undefined;

  constructor({ url, key, model, idleMs }: UpstreamSettings) {
    this.#origin = url.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.#connection = new Connection(this.#origin, key, idleMs);
    this.#model = model;
  }

  /**
   * Asks for an answer, with a shorter one where it would not fit.
   *
   * @param onBegin is called when the server has taken the request
   * @throws ProxyFault
   */
  async answer(
    question: ChatQuestion,
    clientModel: string,
    onBegin: () => void,
    listener: Listener,
    signal: AbortSignal,
  ): Promise<AnswerAccumulator> {
    const { model = clientModel, context } = await this.describe();
    const messages = jsonList(question.messages);
    let maxTokens = usefulLimit(messages.length, question.maxTokens, context);
    for (let attempt = 1; ; attempt += 1) {
      const body = chatBody(model, question, messages, maxTokens);
      const { status, message } = await this.#connection.send('/v1/chat/completions', body, signal);
      if (status < 300) {
        onBegin();
        return readAnswer(message, question.tools.length > 0, listener, signal);
      }
      const text = await readText(message);
      // Another model may be served by now.
      if (status === 404) this.#served = undefined;
      const overflow = status === 400 || status === 413 || status === 422 ? readOverflow(text) : undefined;
      if (overflow === undefined) throw refusalOf(status, text, message.headers['retry-after']);
      const shorter = shorterAnswer(overflow, maxTokens);
      if (shorter === undefined || attempt === MOST_ATTEMPTS) throw tooLong(overflow.prompt, overflow.limit);
      maxTokens = shorter;
    }
  }

  /** Names of the models that the server has. */
  async models(): Promise<readonly string[]> {
    if (this.#model !== undefined) return [this.#model];
    return (await this.#list()).map(({ id }) => id);
  }

  /** The model that is asked, and how much it can see, as far as the server tells. */
  async describe(): Promise<{ readonly model: string | undefined; readonly context: number | undefined }> {
    const served = await this.#list();
    const found = this.#model === undefined ? served[0] : served.find(({ id }) => id === this.#model);
    return { model: this.#model ?? found?.id, context: found?.max_model_len ?? undefined };
  }

  /** What keeps the server from answering, or may do so, as far as can be told without asking the model. */
  async check(): Promise<UpstreamState> {
    try {
      const served = (await this.#list()).map(({ id }) => id);
      if (served.length === 0)
        return {
          type: 'unlisted',
          text: `${this.#origin} lists no models: is it a model's server? The model's name is then the client's own.`,
        };
      if (this.#model === undefined || served.includes(this.#model)) return { type: 'well' };
      const text = `${this.#origin} has no model ${this.#model}: it has ${served.join(', ')}.`;
      return { type: 'unusable', text };
    } catch (error) {
      return { type: 'unusable', text: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Tokens of a prompt by the model's own tokenizer, where the server counts for others. */
  async countTokens(
    question: ChatQuestion,
    clientModel: string,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const model = this.#model ?? (await this.describe()).model ?? clientModel;
    const { messages, tools } = question;
    const body = JSON.stringify({ model, messages, ...(tools.length === 0 ? {} : { tools }) });
    try {
      const { status, message } = await this.#connection.send('/tokenize', body, signal);
      const text = await readText(message);
      return status < 300 ? TokenCount.safeParse(JSON.parse(text)).data?.count : undefined;
    } catch {
      return undefined; // Another kind of server.
    }
  }

  /** Whether the server answers at all. */
  async isThere(signal: AbortSignal): Promise<boolean> {
    try {
      const { message } = await this.#connection.send('/v1/models', undefined, signal);
      message.resume();
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#connection.close();
  }

  /** Asked once; asked again where the server was not there. */
  #list(): Promise<z.infer<typeof ModelList>['data']> {
    this.#served ??= this.#askForModels().catch((error) => {
      this.#served = undefined;
      throw error;
    });
    return this.#served;
  }

  async #askForModels(): Promise<z.infer<typeof ModelList>['data']> {
    // Not one client's: others wait for the same list.
    const signal = AbortSignal.timeout(LIST_MS);
    const { status, message } = await this.#connection.send('/v1/models', undefined, signal);
    const text = await readText(message);
    if (status === 401 || status === 403 || status >= 500) throw refusalOf(status, text);
    try {
      return ModelList.parse(JSON.parse(text)).data;
    } catch {
      return []; // It keeps no list: the client's own name for the model goes on to it.
    }
  }
}

/**
 * The limit on an answer's length, but where the model's context ends before it: coding tools ask for more than a
 * small model can see, and would have every request refused once.
 *
 * @param length characters of the prompt
 * @param context tokens that the model can see
 */
function usefulLimit(
  length: number,
  maxTokens: number | undefined,
  context: number | undefined,
): number | undefined {
  if (context === undefined || maxTokens === undefined) return maxTokens;
  return length / CHARACTERS_PER_TOKEN + maxTokens < context ? maxTokens : undefined;
}

/** The messages come last, so that the whole body of a request but its end begins the next one's. */
function chatBody(
  model: string,
  { tools, sampling }: ChatQuestion,
  messages: string,
  maxTokens: number | undefined,
): string {
  const head = JSON.stringify({
    model,
    stream: true,
    stream_options: { include_usage: true },
    ...sampling,
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  });
  const offered = tools.length === 0 ? '' : `"tools":${jsonList(tools)},`;
  return `${head.slice(0, -1)},${offered}"messages":${messages}}`;
}

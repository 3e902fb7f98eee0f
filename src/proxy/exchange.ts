import { type AnswerEnd, type AnswerEvent, type AnswerUsage, NO_USAGE } from './answer.ts';
import type { ClientRequest } from './conversation.ts';
import { ProxyFault } from './fault.ts';
import { StreamText } from './paths/stream-text.ts';
import { assistantMessage, chatCall, resultMessages } from './translate/chat-messages.ts';
import type { Dialogue } from './translate/dialogue.ts';
import type { AnswerAccumulator, ModelCall, ModelEvent } from './upstream/accumulator.ts';
import type { ChatMessage, ChatQuestion } from './upstream/chat.ts';
import { jsonList } from './upstream/json-text.ts';
import type { Upstream } from './upstream/upstream.ts';

export interface ExchangeOptions {
  readonly request: ClientRequest;
  readonly dialogue: Dialogue;
  readonly upstream: Upstream;
  /** The client's folder, where `/testbed` is translated. */
  readonly root: string | undefined;
  readonly onBegin: () => void;
  /** Takes the answer; a promise that comes back holds the model back until it is kept. */
  readonly emit: (event: AnswerEvent) => Promise<void> | undefined;
  readonly signal: AbortSignal;
}

/** Times that calls which cannot be made are handed back to the model within one answer. */
const MOST_REFUSALS = 3;

/**
 * Gets one answer for a client: from the model, or, where the client has something left to do for the model's last
 * call, from the history alone.
 *
 * @throws ProxyFault
 */
export async function exchange(options: ExchangeOptions): Promise<AnswerUsage> {
  const { dialogue, emit, onBegin } = options;
  if (dialogue.pending.length > 0 || dialogue.closing !== undefined) {
    onBegin();
    for (const call of dialogue.pending) await emit({ type: 'call', call });
    if (dialogue.closing !== undefined) await emit({ type: 'text', text: dialogue.closing });
    const finish = dialogue.pending.length > 0 ? 'calls' : 'stop';
    // Nothing was used; how full the context is, the client still wants to know.
    await emit({ type: 'end', end: { finish, usage: { ...NO_USAGE, input: estimate(dialogue) } } });
    return NO_USAGE;
  }
  const messages = [...dialogue.messages];
  let used = NO_USAGE;
  for (let refusals = 0; ; refusals += 1) {
    const round = new Round(options);
    const question = questionOf(options.request, dialogue, messages);
    const answer = await ask(options, question, round, used);
    used = sum(used, usageOf(answer, question));
    const reply = round.reply();
    if (reply.length > 0 && refusals < MOST_REFUSALS) {
      messages.push(...reply);
      continue;
    }
    if (reply.length > 0) await emit({ type: 'text', text: round.lastRefusal });
    await emit({ type: 'end', end: { finish: finishOf(round, answer), usage: used } });
    return used;
  }
}

async function ask(
  { upstream, request, onBegin, signal }: ExchangeOptions,
  question: ChatQuestion,
  round: Round,
  used: AnswerUsage,
): Promise<AnswerAccumulator> {
  try {
    const answer = await upstream.answer(
      question,
      request.model,
      onBegin,
      (events) => round.take(events),
      signal,
    );
    await round.end();
    return answer;
  } catch (error) {
    if (!(error instanceof ProxyFault) || error.usage) throw error;
    const estimated = { input: estimate(question), cached: 0, output: Math.ceil(round.length / 4) };
    throw round.length > 0 || used.output > 0 ? error.withUsage(sum(used, estimated)) : error;
  }
}

/** One answer of the model on its way to the client. */
class Round {
  length = 0;
  lastRefusal = '';
  hasCalls = false;
  isSubmitted = false;
  readonly #options: ExchangeOptions;
  readonly #texts: StreamText | undefined;
  readonly #thoughts: StreamText | undefined;
  readonly #refused: { readonly call: ModelCall; readonly text: string }[] = [];
  #text = '';
  #reasoning: Extract<ModelEvent, { type: 'reasoning' }> | undefined;
  #calls = 0;
  #queue: Promise<void> | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { root, dialogue } = options;
    if (root !== undefined && dialogue.textToClient) {
      this.#texts = new StreamText(root);
      this.#thoughts = new StreamText(root);
    }
  }

  /** Passes on what needs no waiting at once; a call, and what comes behind it, in its turn. */
  take(events: readonly ModelEvent[]): Promise<void> | undefined {
    for (const event of events) {
      if (this.#queue === undefined && event.type !== 'call') {
        const wait = this.#pass(event);
        if (wait) this.#enqueue(() => wait);
      } else this.#enqueue(() => (event.type === 'call' ? this.#act(event.call) : this.#pass(event)));
    }
    return this.#queue;
  }

  /** @throws whatever a queued step threw */
  async end(): Promise<void> {
    await this.#queue;
    await this.#flush('reasoning');
    await this.#flush('text');
  }

  /** What the model reads next, where none of its calls could be made. */
  reply(): ChatMessage[] {
    if (this.hasCalls || this.isSubmitted || this.#refused.length === 0) return [];
    const calls = this.#refused.map(({ call }, position) =>
      chatCall(call.id || `refused_${position}`, call.name, { refused: call.arguments.slice(0, 2000) }),
    );
    const said = { text: this.#text, ...(this.#reasoning && { reasoning: this.#reasoning }) };
    const results = this.#refused.map(
      ({ call, text }, position) => resultMessages(call.id || `refused_${position}`, text, [])[0],
    );
    return [assistantMessage(said, calls), ...results];
  }

  #enqueue(step: () => Promise<void> | undefined): void {
    const queue = (this.#queue ?? Promise.resolve()).then(step).then(() => {
      if (this.#queue === queue) this.#queue = undefined;
    });
    this.#queue = queue;
  }

  #pass(event: Exclude<ModelEvent, { type: 'call' }>): Promise<void> | undefined {
    this.length += event.text.length;
    if (event.type === 'text') {
      this.#text += event.text;
      const before = this.#flush('reasoning');
      const text = this.#texts ? this.#texts.feed(event.text) : event.text;
      const wait = text === '' ? undefined : this.#options.emit({ type: 'text', text });
      return wait ?? before;
    }
    this.#reasoning = { ...event, text: (this.#reasoning?.text ?? '') + event.text };
    const text = this.#thoughts ? this.#thoughts.feed(event.text) : event.text;
    return text === '' ? undefined : this.#options.emit({ ...event, text });
  }

  #flush(type: 'text' | 'reasoning'): Promise<void> | undefined {
    const text = (type === 'text' ? this.#texts : this.#thoughts)?.end() ?? '';
    if (text === '') return undefined;
    const field = this.#reasoning?.field ?? 'reasoning_content';
    return this.#options.emit(type === 'text' ? { type, text } : { type, text, field });
  }

  async #act(call: ModelCall): Promise<void> {
    await this.#flush('reasoning');
    await this.#flush('text');
    const act = await this.#options.dialogue.act(call, this.#calls);
    this.#calls += 1;
    this.length += call.arguments.length;
    switch (act.type) {
      case 'call':
        this.hasCalls = true;
        await this.#options.emit({ type: 'call', call: act.call });
        return;
      case 'submitted':
        this.isSubmitted = true;
        await this.#options.emit({ type: 'text', text: (this.#text === '' ? '' : '\n\n') + act.summary });
        return;
      case 'refused':
        this.lastRefusal = act.text;
        this.#refused.push({ call, text: act.text });
    }
  }
}

function questionOf(
  { sampling }: ClientRequest,
  dialogue: Dialogue,
  messages: readonly ChatMessage[],
): ChatQuestion {
  const { tools } = dialogue;
  // A client that forces a tool names one of its own, which a model in a rollout does not have.
  const isKnown = dialogue.textToClient === undefined || sampling.toolChoice === 'none';
  const choice = tools.length > 0 && isKnown ? sampling.toolChoice : undefined;
  return {
    messages,
    tools,
    maxTokens: sampling.maxTokens,
    sampling: {
      ...(sampling.temperature === undefined ? {} : { temperature: sampling.temperature }),
      ...(sampling.topP === undefined ? {} : { top_p: sampling.topP }),
      ...(sampling.stop === undefined ? {} : { stop: sampling.stop }),
      ...(choice === undefined ? {} : { tool_choice: choice }),
    },
  };
}

function finishOf(round: Round, answer: AnswerAccumulator): AnswerEnd['finish'] {
  if (round.hasCalls) return 'calls';
  if (round.isSubmitted) return 'stop';
  if (answer.finish === 'length') return 'length';
  return answer.finish === 'content_filter' ? 'refused' : 'stop';
}

/** What the server counted, or an estimate where it counts nothing. */
function usageOf(answer: AnswerAccumulator, question: ChatQuestion): AnswerUsage {
  if (answer.usage.input > 0) return answer.usage;
  return { input: estimate(question), cached: 0, output: Math.ceil(answer.length / 4) };
}

/** Tokens, at about four characters each. */
export function estimate({ messages, tools }: Pick<ChatQuestion, 'messages' | 'tools'>): number {
  return Math.ceil((jsonList(messages).length + jsonList(tools).length) / 4);
}

/** Of an answer that took several rounds, the last prompt is the one that fills the context. */
function sum(a: AnswerUsage, b: AnswerUsage): AnswerUsage {
  return { input: b.input, cached: b.cached, output: a.output + b.output };
}

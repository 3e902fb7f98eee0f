import { dumps, fromPlain } from '../python/dumps.ts';
import type { Sample } from '../sample.ts';
import {
  type ChatTemplate,
  type Conversation,
  type TemplateMessage,
  toolsBlock,
} from '../tokens/template.ts';
import type { Recipe } from './recipe.ts';

/** How long a sample is as the student reads it. */
export interface Length {
  readonly tokens: number;
  /** Mean tokens of the turns that bring tool results; 0 where there are none. */
  readonly toolTokens: number;
}

/** A sample that fits, whole or cut, with the share of its steps that is left. */
export interface Fitted {
  readonly sample: Sample;
  readonly tokens: number;
  readonly ratio: number;
}

/** What a recipe says about length. */
export type FitRule = Pick<Recipe, 'limit' | 'fit' | 'min_ratio'>;

/** Tells the tokens of each text. */
export interface Counter {
  count(texts: readonly string[]): number[];
}

/** Counts and cuts samples by a tokenizer and a chat template. */
export class Fitter {
  readonly #counter: Counter;
  readonly #template: ChatTemplate;

  constructor(counter: Counter, template: ChatTemplate) {
    this.#counter = counter;
    this.#template = template;
  }

  measure(sample: Sample): Length {
    const conversation = conversationOf(sample);
    const counts = this.#counter.count(this.#template(conversation));
    const results = toolTurns(conversation);
    // A template that gives one part only does not tell the turns apart; then they are counted as text.
    const apart = counts.length > 1 ? results.map(({ part }) => counts[part] ?? 0) : this.#countEach(results);
    const mean = apart.reduce((sum, count) => sum + count, 0) / Math.max(1, apart.length);
    return { tokens: sumOf(counts), toolTokens: Math.round(mean * 10) / 10 };
  }

  #countEach(results: readonly { text: string }[]): number[] {
    return this.#counter.count(results.map(({ text }) => text));
  }

  /**
   * Cuts a sample after the last answer with which it fits, or says why it does not belong into the set.
   *
   * @param tokens of the whole sample
   */
  fit(sample: Sample, tokens: number, recipe: FitRule): Fitted | { readonly reason: string } {
    if (tokens <= recipe.limit || recipe.fit === 'keep') return { sample, tokens, ratio: 1 };
    if (recipe.fit === 'drop') return { reason: 'too long' };
    const ends = answerEnds(sample);
    let low = 0;
    let high = ends.length - 1;
    let best: Fitted | undefined;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const cut = firstMessages(sample, ends[middle] ?? 0);
      const counted = sumOf(this.#counter.count(this.#template(conversationOf(cut))));
      if (counted <= recipe.limit) {
        best = { sample: cut, tokens: counted, ratio: (middle + 1) / ends.length };
        low = middle + 1;
      } else high = middle - 1;
    }
    if (!best) return { reason: 'the first answer does not fit' };
    return best.ratio < recipe.min_ratio ? { reason: 'too little fits' } : best;
  }
}

/** Where a sample may be cut: behind each answer, so that it never ends inside a turn. */
function answerEnds(sample: Sample): number[] {
  const answers =
    'messages' in sample
      ? sample.messages.map((message) => message.role === 'assistant')
      : sample.conversations.map((message) => message.from === 'gpt');
  return answers.flatMap((answer, index) => (answer ? [index + 1] : []));
}

function firstMessages(sample: Sample, count: number): Sample {
  return 'messages' in sample
    ? ({ ...sample, messages: sample.messages.slice(0, count) } as Sample)
    : { ...sample, conversations: sample.conversations.slice(0, count) };
}

/** A sample as the chat template is given it. */
export function conversationOf(sample: Sample): Conversation {
  if ('conversations' in sample) return shareGptConversation(sample.conversations, toolLines(sample.tools));
  if ('tools' in sample) return { messages: sample.messages, tools: toolLines(sample.tools) };
  return { messages: sample.messages, tools: [] };
}

/** What LLaMA-Factory makes of it: tools behind the system message, results in their tags. */
function shareGptConversation(
  conversations: readonly { readonly from: string; readonly value: string }[],
  tools: readonly string[],
): Conversation {
  const messages = conversations.map(({ from, value }): TemplateMessage => {
    if (from === 'system') return { role: 'system', content: value };
    if (from === 'gpt') return { role: 'assistant', content: value };
    const content = from === 'observation' ? `<tool_response>\n${value}\n</tool_response>` : value;
    return { role: 'user', content };
  });
  if (tools.length === 0) return { messages, tools: [] };
  const [first, ...rest] = messages;
  const block = toolsBlock(tools);
  if (first?.role !== 'system') {
    return { messages: [{ role: 'system', content: block }, ...messages], tools: [] };
  }
  return { messages: [{ role: 'system', content: `${first.content}\n\n${block}` }, ...rest], tools: [] };
}

function toolLines(tools: string): string[] {
  const parsed: unknown = JSON.parse(tools);
  return Array.isArray(parsed) ? parsed.map((tool) => dumps(fromPlain(tool))) : [];
}

/** The turns behind an answer that called something; parts count from the tools' own, where there is one. */
function toolTurns({ messages, tools }: Conversation): { part: number; text: string }[] {
  const offset = tools.length > 0 ? 1 : 0;
  return messages.flatMap(({ role, content }, index) => {
    const result = role === 'tool' || (role === 'user' && isResult(messages, index));
    return result ? [{ part: index + offset, text: content }] : [];
  });
}

/** Of text samples: whatever comes back after the model's first answer. */
function isResult(messages: readonly TemplateMessage[], index: number): boolean {
  return messages[index - 1]?.role === 'assistant';
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

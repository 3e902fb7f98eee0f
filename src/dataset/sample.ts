import type { Message, ToolDefinition } from '../trajectory/index.ts';
import type { Candidate, Metadata } from './candidate.ts';
import type { ChatMessage } from './formats/chat.ts';
import { hermes, hermesSystem, toolSchema } from './formats/hermes.ts';
import { type OpenAiMessage, openai, raw } from './formats/openai.ts';
import { type ShareGptMessage, sharegpt } from './formats/sharegpt.ts';
import { xml, xmlSystem } from './formats/xml.ts';
import { AsciiWriter } from './python/ascii-writer.ts';
import { dumps } from './python/dumps.ts';
import { type PythonNumber, pythonFloat } from './python/value.ts';
import type { ReasoningMode } from './reasoning.ts';

export const FORMATS = ['hermes', 'xml', 'raw', 'sharegpt', 'openai'] as const;
export type Format = (typeof FORMATS)[number];

/** One line of a training file. `tools` is JSON text: as nested columns, tools would fill up with nulls. */
export type Sample = {
  readonly instance_id: string;
  readonly metadata: Metadata;
} & (
  | { readonly messages: readonly ChatMessage[] }
  | { readonly messages: readonly OpenAiMessage[]; readonly tools: string }
  | { readonly conversations: readonly ShareGptMessage[]; readonly tools: string }
);

/**
 * Makes a sample of a candidate. What follows the last answer is left out, save in `raw`: nothing can be learned
 * from it.
 *
 * @returns undefined where the reasoning mode can't be applied to one of the messages
 */
export function toSample(candidate: Candidate, format: Format, reasoning: ReasoningMode): Sample | undefined {
  const { id: instance_id, metadata } = candidate;
  const content = format === 'raw' ? rawContent(candidate) : formatted(candidate, format, reasoning);
  return content && { ...content, instance_id, metadata };
}

function rawContent({ messages, tools }: Candidate) {
  return { messages: raw(messages), tools: toolsText(tools) };
}

function formatted(candidate: Candidate, format: Exclude<Format, 'raw'>, reasoning: ReasoningMode) {
  const { tools } = candidate;
  const messages = untilLastAnswer(candidate.messages);
  switch (format) {
    case 'hermes':
    case 'xml': {
      const [write, withTools] = format === 'hermes' ? [hermes, hermesSystem] : [xml, xmlSystem];
      const chat = write(messages, { reasoning, system: withTools(systemText(messages), tools) });
      return chat && { messages: chat };
    }
    case 'openai': {
      const chat = openai(messages, reasoning);
      return chat && { messages: chat, tools: toolsText(tools) };
    }
    case 'sharegpt': {
      const conversations = sharegpt(messages, reasoning);
      return conversations && { conversations, tools: toolsText(tools) };
    }
  }
}

function untilLastAnswer(messages: readonly Message[]): readonly Message[] {
  return messages.slice(0, messages.findLastIndex((message) => message.role === 'assistant') + 1);
}

function systemText(messages: readonly Message[]): string {
  return messages[0]?.role === 'system' ? messages[0].content : '';
}

function toolsText(tools: readonly ToolDefinition[]): string {
  return dumps(tools.map(toolSchema));
}

/** The sample as one line of JSON, without its newline, as Python's `json.dumps` writes it. */
export function sampleLine(sample: Sample): string {
  writer.clear();
  writeSample(writer, sample);
  return writer.bytes.toString('latin1').trimEnd();
}

const writer = new AsciiWriter();

/** Writes the same line, with its newline. */
export function writeSample(writer: AsciiWriter, sample: Sample): void {
  const { recall, cost_usd } = sample.metadata;
  const metadata = { ...sample.metadata, recall: float(recall), cost_usd: float(cost_usd) };
  writer.value({ ...sample, metadata });
  writer.raw('\n');
}

/** Quotients and costs are floats also where they are whole, so that Arrow sees one type. */
function float(value: number | null): PythonNumber | null {
  return value === null ? null : pythonFloat(value);
}

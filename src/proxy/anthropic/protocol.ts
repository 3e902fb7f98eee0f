import type { AnswerEvent } from '../answer.ts';
import type { Reasoning } from '../conversation.ts';
import type { ClientProtocol, WriterOptions } from '../writer.ts';
import { errorBody, hiddenBlock, messageId, STOP_REASON, usageBody } from './bodies.ts';
import { signatureOf } from './reasoning.ts';
import { anthropicWriter } from './writer.ts';

/** Anthropic's Messages API. */
export const anthropicProtocol: ClientProtocol = {
  name: 'anthropic',
  writer: anthropicWriter,
  whole,
  errorBody,
  status: ({ kind, status }) => (kind === 'overloaded' ? 529 : status),
};

function whole(model: string, events: readonly AnswerEvent[], options: WriterOptions): object {
  const end = events.find((event) => event.type === 'end')?.end;
  return {
    id: messageId(),
    type: 'message',
    role: 'assistant',
    model,
    content: joined(events).flatMap((event) => block(event, options)),
    stop_reason: STOP_REASON[end?.finish ?? 'stop'],
    stop_sequence: null,
    usage: usageBody(end?.usage ?? { input: 0, cached: 0, output: 0 }),
  };
}

/** Pieces of one text as one event. */
function joined(events: readonly AnswerEvent[]): AnswerEvent[] {
  const result: AnswerEvent[] = [];
  for (const event of events) {
    const last = result.at(-1);
    if (event.type === 'text' && last?.type === 'text')
      result[result.length - 1] = { ...last, text: last.text + event.text };
    else if (event.type === 'reasoning' && last?.type === 'reasoning')
      result[result.length - 1] = { ...last, text: last.text + event.text };
    else result.push(event);
  }
  return result;
}

function block(event: AnswerEvent, { showThinking }: WriterOptions): object[] {
  switch (event.type) {
    case 'text':
      return [{ type: 'text', text: event.text }];
    case 'reasoning':
      return [showThinking ? thinkingBlock(event) : hiddenBlock(event)];
    case 'call':
      return [{ type: 'tool_use', id: event.call.id, name: event.call.name, input: event.call.input }];
    case 'end':
      return [];
  }
}

function thinkingBlock({ text, field }: Reasoning): object {
  return { type: 'thinking', thinking: text, signature: signatureOf(field) };
}

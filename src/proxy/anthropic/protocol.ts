import { type AnswerEvent, endOf, joinPieces } from '../answer.ts';
import type { ClientRequest, Reasoning } from '../conversation.ts';
import type { ClientProtocol, WriterOptions } from '../writer.ts';
import { errorBody, hiddenBlock, messageId, STOP_REASON, usageBody } from './bodies.ts';
import { signatureOf } from './reasoning.ts';
import { readMessagesRequest } from './request.ts';
import { anthropicWriter } from './writer.ts';

/** Anthropic's Messages API. */
export const anthropicProtocol: ClientProtocol = {
  name: 'anthropic',
  read: readMessagesRequest,
  writer: anthropicWriter,
  whole,
  errorBody,
  status: ({ kind, status }) => (kind === 'overloaded' ? 529 : status),
};

function whole({ model }: ClientRequest, events: readonly AnswerEvent[], options: WriterOptions): object {
  const { finish, usage } = endOf(events);
  return {
    id: messageId(),
    type: 'message',
    role: 'assistant',
    model,
    content: joinPieces(events).flatMap((event) => block(event, options)),
    stop_reason: STOP_REASON[finish],
    stop_sequence: null,
    usage: usageBody(usage),
  };
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

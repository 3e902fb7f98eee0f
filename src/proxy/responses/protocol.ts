import { type AnswerEvent, endOf, joinPieces } from '../answer.ts';
import type { ClientRequest } from '../conversation.ts';
import type { ProxyFault } from '../fault.ts';
import { errorOf } from '../openai/errors.ts';
import type { ClientProtocol, WriterOptions } from '../writer.ts';
import { callBody, endFields, idOf, messageItem, reasoningItem, responseBody } from './bodies.ts';
import { readResponsesRequest } from './request.ts';
import { responsesWriter } from './writer.ts';

/** OpenAI's Responses, as far as a server that stores nothing can speak them. */
export const responsesProtocol: ClientProtocol = {
  name: 'responses',
  read: readResponsesRequest,
  writer: responsesWriter,
  whole,
  errorBody: (fault: ProxyFault) => ({ error: errorOf(fault) }),
  status: ({ status }) => status,
};

function whole(request: ClientRequest, events: readonly AnswerEvent[], options: WriterOptions): object {
  return {
    ...responseBody(request),
    ...endFields(endOf(events)),
    output: joinPieces(events).flatMap((event) => item(event, request, options)),
  };
}

function item(event: AnswerEvent, request: ClientRequest, { showThinking }: WriterOptions): object[] {
  switch (event.type) {
    case 'text':
      return [messageItem(idOf('msg'), event.text)];
    case 'reasoning':
      return [reasoningItem(idOf('rs'), event, showThinking)];
    case 'call':
      return [callBody(event.call, request).item];
    case 'end':
      return [];
  }
}

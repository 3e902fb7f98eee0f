import { type AnswerEnd, type AnswerEvent, NO_USAGE } from '../answer.ts';
import type { ClientRequest, Reasoning, ReasoningField } from '../conversation.ts';
import type { AnswerWriter, WriterOptions } from '../writer.ts';
import { errorBody, hiddenBlock, messageId, STOP_REASON, usageBody } from './bodies.ts';
import { signatureOf } from './reasoning.ts';

type Open = { readonly type: 'text' } | { readonly type: 'thinking'; readonly field: ReasoningField };

/** Writes an answer as the events of the Messages API: a message of blocks, each of which begins, grows and ends. */
export function anthropicWriter({ model }: ClientRequest, { showThinking }: WriterOptions): AnswerWriter {
  let index = 0;
  let open: Open | undefined;
  let hidden: Reasoning | undefined;

  const close = (): string => {
    if (hidden !== undefined) {
      const block = wholeBlock(index, hiddenBlock(hidden));
      hidden = undefined;
      index += 1;
      return block;
    }
    if (open === undefined) return '';
    const signature =
      open.type === 'thinking'
        ? delta(index, `{"type":"signature_delta","signature":"${signatureOf(open.field)}"}`)
        : '';
    open = undefined;
    index += 1;
    return signature + event('content_block_stop', `"index":${index - 1}`);
  };

  const text = (piece: string): string => {
    let begin = '';
    if (open?.type !== 'text') {
      begin = close() + start(index, '{"type":"text","text":""}');
      open = { type: 'text' };
    }
    return begin + delta(index, `{"type":"text_delta","text":${JSON.stringify(piece)}}`);
  };

  const thinking = (piece: Reasoning): string => {
    if (!showThinking) {
      const before = open === undefined ? '' : close();
      hidden = { text: (hidden?.text ?? '') + piece.text, field: piece.field };
      return before;
    }
    let begin = '';
    if (open?.type !== 'thinking') {
      begin = close() + start(index, '{"type":"thinking","thinking":"","signature":""}');
      open = { type: 'thinking', field: piece.field };
    }
    return begin + delta(index, `{"type":"thinking_delta","thinking":${JSON.stringify(piece.text)}}`);
  };

  return {
    start: () => messageStart(model),
    ping: () => event('ping'),
    fault: (fault) => close() + serverSentEvent('error', JSON.stringify(errorBody(fault))),
    event(answer: AnswerEvent) {
      switch (answer.type) {
        case 'text':
          return text(answer.text);
        case 'reasoning':
          return thinking(answer);
        case 'call': {
          const { id, name, input } = answer.call;
          const before = close();
          const block = JSON.stringify({ type: 'tool_use', id, name, input: {} });
          const json = JSON.stringify(JSON.stringify(input));
          index += 1;
          return `${before}${start(index - 1, block)}${delta(index - 1, `{"type":"input_json_delta","partial_json":${json}}`)}${event('content_block_stop', `"index":${index - 1}`)}`;
        }
        case 'end':
          return close() + messageEnd(answer.end);
      }
    },
  };
}

function messageStart(model: string): string {
  const message = {
    id: messageId(),
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: usageBody(NO_USAGE),
  };
  return event('message_start', `"message":${JSON.stringify(message)}`);
}

function messageEnd({ finish, usage }: AnswerEnd): string {
  const how = JSON.stringify({ stop_reason: STOP_REASON[finish], stop_sequence: null });
  return (
    event('message_delta', `"delta":${how},"usage":${JSON.stringify(usageBody(usage))}`) +
    event('message_stop')
  );
}

function wholeBlock(index: number, block: object): string {
  return start(index, JSON.stringify(block)) + event('content_block_stop', `"index":${index}`);
}

function start(index: number, block: string): string {
  return event('content_block_start', `"index":${index},"content_block":${block}`);
}

function delta(index: number, json: string): string {
  return event('content_block_delta', `"index":${index},"delta":${json}`);
}

function event(type: string, fields = ''): string {
  return serverSentEvent(type, `{"type":"${type}"${fields === '' ? '' : ','}${fields}}`);
}

function serverSentEvent(type: string, data: string): string {
  return `event: ${type}\ndata: ${data}\n\n`;
}

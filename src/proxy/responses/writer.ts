import type { AnswerEnd, AnswerEvent } from '../answer.ts';
import type { ClientCall, ClientRequest, Reasoning } from '../conversation.ts';
import type { ProxyFault } from '../fault.ts';
import { errorOf } from '../openai/errors.ts';
import type { AnswerWriter, WriterOptions } from '../writer.ts';
import {
  callBody,
  endFields,
  idOf,
  messageItem,
  openMessage,
  reasoningItem,
  responseBody,
  summaryPart,
  textPart,
  usageBody,
} from './bodies.ts';

type Open =
  | { readonly type: 'message'; readonly id: string; text: string }
  | { readonly type: 'reasoning'; readonly id: string; text: string; readonly field: Reasoning['field'] };

/** Writes an answer as the events of the Responses API: items, each of which is added, grows and is done. */
export function responsesWriter(request: ClientRequest, { showThinking }: WriterOptions): AnswerWriter {
  return new ResponsesWriter(request, showThinking);
}

class ResponsesWriter implements AnswerWriter {
  readonly #request: ClientRequest;
  readonly #showThinking: boolean;
  readonly #response: object;
  readonly #output: object[] = [];
  #sequence = 0;
  #open: Open | undefined;

  constructor(request: ClientRequest, showThinking: boolean) {
    this.#request = request;
    this.#showThinking = showThinking;
    this.#response = responseBody(request);
  }

  start(): string {
    const response = JSON.stringify(this.#response);
    return (
      this.#event('response.created', `"response":${response}`) +
      this.#event('response.in_progress', `"response":${response}`)
    );
  }

  /** An event rather than a comment: Codex takes a stream for dead that has only those. */
  ping(): string {
    return this.#event('keepalive', '');
  }

  fault(fault: ProxyFault): string {
    const { code, message } = errorOf(fault);
    const usage = fault.usage ? { usage: usageBody(fault.usage) } : {};
    const error = { code: code ?? 'server_error', message };
    return this.#close() + this.#end('response.failed', { status: 'failed', error, ...usage });
  }

  event(event: AnswerEvent): string {
    switch (event.type) {
      case 'text':
        return this.#text(event.text);
      case 'reasoning':
        return this.#reasoning(event);
      case 'call':
        return this.#close() + this.#call(event.call);
      case 'end':
        return this.#close() + this.#finish(event.end);
    }
  }

  #text(piece: string): string {
    let begin = '';
    if (this.#open?.type !== 'message') {
      begin = this.#close();
      this.#open = { type: 'message', id: idOf('msg'), text: '' };
      begin += this.#added(openMessage(this.#open.id)) + this.#part('added', '');
    }
    this.#open.text += piece;
    const delta = `"content_index":0,"delta":${JSON.stringify(piece)},"logprobs":[]`;
    return begin + this.#inItem('response.output_text.delta', delta);
  }

  #reasoning({ text, field }: Reasoning): string {
    let begin = '';
    if (this.#open?.type !== 'reasoning') {
      begin = this.#close();
      this.#open = { type: 'reasoning', id: idOf('rs'), text: '', field };
      begin += this.#added({ id: this.#open.id, type: 'reasoning', summary: [] });
      if (this.#showThinking) begin += this.#summary('added', '');
    }
    this.#open.text += text;
    if (!this.#showThinking) return begin;
    const delta = `"summary_index":0,"delta":${JSON.stringify(text)}`;
    return begin + this.#inItem('response.reasoning_summary_text.delta', delta);
  }

  #call(call: ClientCall): string {
    const { item, streamed } = callBody(call, this.#request);
    if (!streamed) return this.#added({ ...item, status: 'in_progress' }) + this.#done(item);
    const { field, event, text } = streamed;
    const at = `"item_id":"${item.id}","output_index":${this.#output.length}`;
    const json = JSON.stringify(text);
    return (
      this.#added({ ...item, status: 'in_progress', [field]: '' }) +
      this.#event(`${event}.delta`, `${at},"delta":${json}`) +
      this.#event(`${event}.done`, `${at},"name":${JSON.stringify(call.name)},"${field}":${json}`) +
      this.#done(item)
    );
  }

  #close(): string {
    const open = this.#open;
    if (open === undefined) return '';
    if (open.type === 'message') {
      const text = `"content_index":0,"text":${JSON.stringify(open.text)},"logprobs":[]`;
      const parts = this.#inItem('response.output_text.done', text) + this.#part('done', open.text);
      return parts + this.#done(messageItem(open.id, open.text));
    }
    const text = `"summary_index":0,"text":${JSON.stringify(open.text)}`;
    const parts = this.#showThinking
      ? this.#inItem('response.reasoning_summary_text.done', text) + this.#summary('done', open.text)
      : '';
    return parts + this.#done(reasoningItem(open.id, open, this.#showThinking));
  }

  #finish(end: AnswerEnd): string {
    const fields = endFields(end);
    const isWhole = end.finish === 'stop' || end.finish === 'calls';
    return this.#end(isWhole ? 'response.completed' : 'response.incomplete', fields);
  }

  #end(type: string, fields: object): string {
    const response = { ...this.#response, ...fields, output: this.#output };
    return this.#event(type, `"response":${JSON.stringify(response)}`);
  }

  #added(item: object): string {
    const at = `"output_index":${this.#output.length},"item":${JSON.stringify(item)}`;
    return this.#event('response.output_item.added', at);
  }

  #done(item: object): string {
    const at = `"output_index":${this.#output.length},"item":${JSON.stringify(item)}`;
    this.#output.push(item);
    this.#open = undefined;
    return this.#event('response.output_item.done', at);
  }

  #part(what: 'added' | 'done', text: string): string {
    const part = `"content_index":0,"part":${JSON.stringify(textPart(text))}`;
    return this.#inItem(`response.content_part.${what}`, part);
  }

  #summary(what: 'added' | 'done', text: string): string {
    const part = `"summary_index":0,"part":${JSON.stringify(summaryPart(text))}`;
    return this.#inItem(`response.reasoning_summary_part.${what}`, part);
  }

  #inItem(type: string, fields: string): string {
    return this.#event(type, `"item_id":"${this.#open?.id}","output_index":${this.#output.length},${fields}`);
  }

  #event(type: string, fields: string): string {
    const number = this.#sequence;
    this.#sequence += 1;
    const rest = fields === '' ? '' : `,${fields}`;
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${number}${rest}}\n\n`;
  }
}

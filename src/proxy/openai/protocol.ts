import { randomUUID } from 'node:crypto';
import { type AnswerEnd, type AnswerEvent, type AnswerUsage, endOf } from '../answer.ts';
import type { ClientCall, ClientRequest } from '../conversation.ts';
import type { ProxyFault } from '../fault.ts';
import type { AnswerWriter, ClientProtocol, WriterOptions } from '../writer.ts';
import { errorOf } from './errors.ts';
import { readChatRequest } from './request.ts';

/** OpenAI's chat completions; reasoning stands in `reasoning_content`, as vLLM and its clients have it. */
export const openaiProtocol: ClientProtocol = {
  name: 'openai',
  read: readChatRequest,
  writer,
  whole,
  errorBody,
  status: ({ status }) => status,
};

const FINISH: Readonly<Record<AnswerEnd['finish'], string>> = {
  stop: 'stop',
  calls: 'tool_calls',
  length: 'length',
  refused: 'content_filter',
};

function errorBody(fault: ProxyFault): object {
  return { error: errorOf(fault), ...(fault.usage ? { usage: usageBody(fault.usage) } : {}) };
}

function usageBody({ input, cached, output }: AnswerUsage): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function writer({ model, includeUsage }: ClientRequest, { showThinking }: WriterOptions): AnswerWriter {
  const id = completionId();
  const created = Math.floor(Date.now() / 1000);
  const head = `{"id":"${id}","object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)}`;
  const chunk = (delta: string, finish = 'null') =>
    `data: ${head},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]}\n\n`;
  let calls = 0;
  return {
    start: () => chunk('{"role":"assistant","content":""}'),
    ping: () => ': the model is silent\n\n',
    fault: (fault) => `data: ${JSON.stringify(errorBody(fault))}\n\n`,
    event(event) {
      switch (event.type) {
        case 'text':
          return chunk(`{"content":${JSON.stringify(event.text)}}`);
        case 'reasoning':
          return showThinking ? chunk(`{"reasoning_content":${JSON.stringify(event.text)}}`) : '';
        case 'call':
          calls += 1;
          return chunk(JSON.stringify({ tool_calls: [{ index: calls - 1, ...callBody(event.call) }] }));
        case 'end': {
          const usage = `data: ${head},"choices":[],"usage":${JSON.stringify(usageBody(event.end.usage))}}\n\n`;
          return `${chunk('{}', JSON.stringify(FINISH[event.end.finish]))}${includeUsage === true ? usage : ''}data: [DONE]\n\n`;
        }
      }
    },
  };
}

function whole(
  { model }: ClientRequest,
  events: readonly AnswerEvent[],
  { showThinking }: WriterOptions,
): object {
  const texts = (type: 'text' | 'reasoning') =>
    events.flatMap((event) => (event.type === type && 'text' in event ? [event.text] : [])).join('');
  const calls = events.flatMap((event) => (event.type === 'call' ? [callBody(event.call)] : []));
  const { finish, usage } = endOf(events);
  const reasoning = showThinking ? texts('reasoning') : '';
  const message = {
    role: 'assistant',
    content: texts('text') || (calls.length > 0 ? null : ''),
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    refusal: null,
  };
  return {
    id: completionId(),
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH[finish] }],
    usage: usageBody(usage),
  };
}

function callBody({ id, name, input }: ClientCall): object {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

function completionId(): string {
  return `chatcmpl-${randomUUID().replaceAll('-', '')}`;
}

import type { Message } from '../../trajectory/index.ts';
import type { Candidate } from '../candidate.ts';
import { DistinctTexts } from '../distinct.ts';

/** Every text of a candidate in which something could stand, and a way to change each. */
export function mapTexts(candidate: Candidate, change: (text: string) => string): Candidate {
  const { patch, pull_request } = candidate.metadata;
  return {
    ...candidate,
    messages: candidate.messages.map((message) => mapMessage(message, change)),
    metadata: {
      ...candidate.metadata,
      patch: patch === null ? null : change(patch),
      pull_request: pull_request === null ? null : change(pull_request),
    },
  };
}

function mapMessage(message: Message, change: (text: string) => string): Message {
  if (message.role !== 'assistant') return { ...message, content: change(message.content) };
  const { content, reasoning, toolCalls } = message;
  return {
    ...message,
    content: change(content),
    ...(reasoning === undefined ? {} : { reasoning: change(reasoning) }),
    ...(toolCalls
      ? { toolCalls: toolCalls.map((call) => ({ ...call, arguments: change(call.arguments) })) }
      : {}),
  };
}

/** The same texts, each once, to be read only: a rollout reads many a file again. */
export function textsOf(candidate: Candidate): readonly string[] {
  const distinct = new DistinctTexts();
  mapTexts(candidate, (text) => {
    if (text !== '') distinct.add(text);
    return text;
  });
  return distinct.texts;
}

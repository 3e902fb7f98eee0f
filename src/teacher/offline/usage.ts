import type { AssistantMessage, Message, Usage } from '../../trajectory/index.ts';
import type { Question } from '../teacher.ts';

const CHARACTERS_PER_TOKEN = 4;

/** Tokens as they are estimated from characters; what was sent with the question before counts as cached. */
export function usageOf({ messages, tools }: Question, answer: AssistantMessage): Usage {
  const last = messages.findLastIndex(({ role }) => role === 'assistant');
  const offered = JSON.stringify(tools).length;
  const before = last < 0 ? 0 : offered + charactersOf(messages.slice(0, last));
  return {
    input: tokens(offered + charactersOf(messages)),
    cached: tokens(before),
    output: tokens(charactersOf([answer])),
  };
}

function charactersOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => {
    if (message.role !== 'assistant') return sum + message.content.length;
    const calls = message.toolCalls ?? [];
    const own = message.content.length + (message.reasoning?.length ?? 0);
    return calls.reduce((all, call) => all + call.name.length + call.arguments.length, sum + own);
  }, 0);
}

function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

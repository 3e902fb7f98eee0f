import type { Message, ToolDefinition, Usage } from '../trajectory/index.ts';
import type { TokenUsage } from './provider.ts';
import type { Question } from './teacher.ts';

/** Characters of a token of code and prose, on the low side, so that estimates are on the high side. */
const CHARACTERS_PER_TOKEN = 3;
/** Tokens of an answer: the average is about 220 (7.7K in 35 calls), with a wide spread. */
const ANSWER = 1_000;

/** What the next request will probably be billed for, given what the last one of the conversation was. */
export function expectedUsage(
  question: Question,
  last: Usage | undefined,
  maxOutput: number | undefined,
): TokenUsage {
  const input = historyTokens(question);
  const cached = last === undefined || last.cached === 0 ? 0 : Math.min(last.input, input);
  return { input, cached, output: Math.min(ANSWER, maxOutput ?? ANSWER), written: 0 };
}

/** Usage of an answer whose endpoint reports none. */
export function estimatedUsage(question: Question, answer: Message): TokenUsage {
  return { input: historyTokens(question), cached: 0, output: tokens(characters(answer)), written: 0 };
}

function historyTokens({ messages, tools }: Question): number {
  const history = messages.reduce((sum, message) => sum + characters(message), 0);
  return tokens(history + tools.reduce((sum, tool) => sum + toolCharacters(tool), 0));
}

function toolCharacters(tool: ToolDefinition): number {
  return tool.name.length + tool.description.length + JSON.stringify(tool.parameters).length;
}

function characters(message: Message): number {
  if (message.role !== 'assistant') return message.content.length;
  const calls = message.toolCalls ?? [];
  const own = message.content.length + (message.reasoning?.length ?? 0);
  return calls.reduce((sum, call) => sum + call.name.length + call.arguments.length, own);
}

function tokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

import type { Message } from '../../trajectory/index.ts';

/** Where a history leaves a recording, in words; undefined where the recording begins with the whole history. */
export interface Difference {
  /** Messages that agree. */
  readonly agreed: number;
  readonly what: string;
}

/** Compares what a model reads: roles, texts, calls and their results. Reasoning and ids of the provider are not. */
export function differenceOf(
  asked: readonly Message[],
  recorded: readonly Message[],
): Difference | undefined {
  for (const [index, message] of asked.entries()) {
    const other = recorded[index];
    const what = other === undefined ? 'the recording has ended' : messageDifference(message, other);
    if (what !== undefined) return { agreed: index, what };
  }
  return undefined;
}

function messageDifference(asked: Message, recorded: Message): string | undefined {
  if (asked.role !== recorded.role)
    return `a ${asked.role} message stands where a ${recorded.role} message was recorded`;
  if (asked.content !== recorded.content)
    return `the ${name(asked)} ${textDifference(asked.content, recorded.content)}`;
  if (asked.role !== 'assistant' || recorded.role !== 'assistant') return undefined;
  const calls = asked.toolCalls ?? [];
  const others = recorded.toolCalls ?? [];
  if (calls.length !== others.length)
    return `the answer has ${calls.length} calls, the recorded one ${others.length}`;
  for (const [index, call] of calls.entries()) {
    const other = others[index];
    if (call.name !== other?.name) return `the call of ${call.name} was recorded as one of ${other?.name}`;
    if (call.arguments !== other.arguments)
      return `the call ${textDifference(call.arguments, other.arguments)}`;
  }
  return undefined;
}

function name(message: Message): string {
  return message.role === 'tool' ? 'observation' : `${message.role} message`;
}

const SHOWN = 30;

function textDifference(asked: string, recorded: string): string {
  let at = 0;
  while (at < asked.length && asked[at] === recorded[at]) at += 1;
  const shown = (text: string) =>
    at >= text.length ? 'its end' : JSON.stringify(text.slice(at, at + SHOWN));
  return `differs at character ${at}: ${shown(asked)}, recorded was ${shown(recorded)}`;
}

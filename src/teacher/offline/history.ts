import type { Question } from '../teacher.ts';

/** What a conversation looks like to a program: what was asked, and what came back for each answer. */
export interface History {
  readonly profile: 'swe-agent' | 'mini';
  /** Everything that was said before the first answer, the system message aside. */
  readonly instruction: string;
  /** What followed each answer, in their order. */
  readonly observations: readonly string[];
}

export function readHistory({ messages, tools }: Question): History {
  const instruction: string[] = [];
  const observations: string[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') observations.push('');
    else if (message.role !== 'system') {
      const last = observations.length - 1;
      if (last < 0) instruction.push(message.content);
      else observations[last] = [observations[last], message.content].filter(Boolean).join('\n');
    }
  }
  const hasEditor = tools.some(({ name }) => name === 'str_replace_editor');
  return { profile: hasEditor ? 'swe-agent' : 'mini', instruction: instruction.join('\n'), observations };
}

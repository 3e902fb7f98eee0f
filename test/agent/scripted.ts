import type { Answer, Conversation, Question } from '../../src/teacher/index.ts';
import type { FinishReason, ToolCall } from '../../src/trajectory/index.ts';

export interface ScriptedAnswer {
  readonly content?: string;
  /** Name and arguments of each tool call; text is taken as the model's own JSON. */
  readonly calls?: readonly (readonly [name: string, args: object | string])[];
  readonly finish?: FinishReason;
  readonly costUsd?: number;
}

/** What happens at a turn: an answer, or an error that the teacher throws. */
export type Turn = ScriptedAnswer | Error | ((question: Question) => ScriptedAnswer | Error);

/** A teacher in this process that answers at once, from a list; the last entry answers every further question. */
export class ScriptedConversation implements Conversation {
  readonly questions: Question[] = [];
  readonly #turns: readonly Turn[];

  constructor(...turns: readonly Turn[]) {
    this.#turns = turns;
  }

  async ask(question: Question): Promise<Answer> {
    const index = this.questions.length;
    this.questions.push(question);
    const entry = this.#turns[Math.min(index, this.#turns.length - 1)] ?? {};
    const turn = typeof entry === 'function' ? entry(question) : entry;
    if (turn instanceof Error) throw turn;
    return answerOf(turn, index);
  }

  close(): void {}
}

export function bash(command: string): ScriptedAnswer {
  return { calls: [['bash', { command }]] };
}

export const submit: ScriptedAnswer = { calls: [['submit', {}]] };

export function answerOf({ content = '', calls, finish, costUsd = 0 }: ScriptedAnswer, index = 0): Answer {
  const toolCalls: ToolCall[] = (calls ?? []).map(([name, args], position) => ({
    id: `call_${index}_${position}`,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
  }));
  return {
    message: { role: 'assistant', content, ...(calls && { toolCalls }) },
    model: 'scripted',
    usage: { input: 100, cached: 90, output: 10 },
    costUsd,
    latencyMs: 0,
    retries: 0,
    finish: finish ?? (calls ? 'tool_calls' : 'stop'),
  };
}

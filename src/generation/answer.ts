import { type Answer, ContextOverflowError, type Conversation } from '../teacher/index.ts';
import type { Exchange, Message, ModelCall } from '../trajectory/index.ts';
import { UnusableAnswerError } from './errors.ts';

/** Times that a teacher is reminded to put its answer between tags. */
const REMINDERS = 2;

const REMINDER = 'Give the answer again, between <output> and </output>, and nothing after it.';

/**
 * Asks a question whose answer stands between `<output>` tags.
 *
 * @throws UnusableAnswerError no such answer came, reminders included
 */
export async function askForOutput(
  conversation: Conversation,
  question: string,
  signal: AbortSignal,
): Promise<{ output: string; exchange: Exchange }> {
  const messages: Message[] = [{ role: 'user', content: question }];
  const calls: ModelCall[] = [];
  for (let asked = 0; asked <= REMINDERS; asked += 1) {
    const answer = await conversation.ask({ messages, tools: [] }, signal);
    messages.push(answer.message);
    calls.push(toCall(answer, messages.length - 1));
    const output = outputOf(answer.message.content);
    if (output !== null) return { output, exchange: { messages, calls } };
    messages.push({ role: 'user', content: REMINDER });
  }
  throw new UnusableAnswerError('the teacher did not put its answer between <output> tags');
}

/**
 * Asks about the steps of a rollout; where they do not fit into the teacher's context the oldest quarter is
 * dropped and the question asked again (arXiv 2601.20789, self-review).
 */
export async function askAboutSteps(
  open: () => Conversation,
  steps: readonly string[],
  question: (steps: string) => string,
  signal: AbortSignal,
): Promise<{ output: string; exchange: Exchange }> {
  let left = steps;
  for (;;) {
    const conversation = open();
    try {
      return await askForOutput(conversation, question(left.join('\n\n')), signal);
    } catch (error) {
      if (!(error instanceof ContextOverflowError) || left.length <= 1) throw error;
      left = left.slice(Math.max(1, Math.ceil(left.length / 4)));
    } finally {
      conversation.close();
    }
  }
}

/** The text between the last pair of tags; null where there is none or it is empty. */
function outputOf(text: string): string | null {
  const start = text.lastIndexOf('<output>');
  if (start < 0) return null;
  const end = text.indexOf('</output>', start);
  const inner = text.slice(start + '<output>'.length, end < 0 ? undefined : end).trim();
  return inner === '' ? null : inner;
}

function toCall(answer: Answer, message: number): ModelCall {
  const { model, usage, costUsd, latencyMs, retries, finish } = answer;
  return { message, model, usage, costUsd, latencyMs, retries, finish };
}

import { createHash } from 'node:crypto';
import type { AssistantMessage } from '../../trajectory/index.ts';
import type { Answer, Conversation, ConversationOptions, Question, Teacher } from '../teacher.ts';
import { readHistory } from './history.ts';
import { report } from './pull-request.ts';
import { plainly, type Random, seededRandom } from './random.ts';
import { miniHands } from './rollout/mini-hands.ts';
import { sweAgentHands } from './rollout/swe-agent-hands.ts';
import type { Turn } from './rollout/turn.ts';
import { walk } from './rollout/walk.ts';
import { review } from './self-review.ts';
import { usageOf } from './usage.ts';

export interface OfflineTeacherOptions {
  /** Milliseconds, for the latency that is reported. */
  readonly now?: () => number;
}

/**
 * A teacher that is a program. It acts through the conversation alone, as a model would: it sees what the tools
 * answer and nothing else. An answer depends on the history and the conversation's key, so a conversation that is
 * taken up again goes on as it would have. Its data is for trying out, never for training.
 */
export function offlineTeacher({ now = () => performance.now() }: OfflineTeacherOptions = {}): Teacher {
  return {
    spec: 'offline',
    offline: true,
    spentUsd: 0,
    prices: [],
    open: (options) => openConversation(options, now),
  };
}

function openConversation(options: ConversationOptions, now: () => number): Conversation {
  return {
    async ask(question, signal): Promise<Answer> {
      signal?.throwIfAborted();
      const started = now();
      const message = await answer(options, question);
      return {
        message,
        model: 'offline',
        usage: usageOf(question, message),
        costUsd: 0,
        latencyMs: now() - started,
        retries: 0,
        finish: message.toolCalls ? 'tool_calls' : 'stop',
      };
    },
    close: () => {},
  };
}

async function answer({ purpose, key }: ConversationOptions, question: Question): Promise<AssistantMessage> {
  const { instruction, observations, profile } = readHistory(question);
  const random = seededRandom(`${key}\0${purpose}\0${instruction}`);
  if (purpose === 'self-review') return { role: 'assistant', content: review(instruction, random) };
  if (purpose === 'pull-request') return { role: 'assistant', content: report(instruction, random) };
  const hands = profile === 'mini' ? miniHands : sweAgentHands;
  const plain = random.fork('manner').chance(PLAIN);
  const taste = plain ? plainly(random) : random.fork('taste');
  const next = await replay(walk(instruction, { hands, random, taste }), observations);
  return asMessage(next, random, observations.length);
}

/** Rollouts that word everything in the plainest way: where both of a pair do, the second can meet the first. */
const PLAIN = 0.5;

/** Walks from the beginning through everything that was observed, to the turn that comes next. */
async function replay(
  steps: AsyncGenerator<Turn, void, string>,
  observations: readonly string[],
): Promise<Turn> {
  let step = await steps.next();
  for (const observation of observations) step = await steps.next(observation);
  if (step.done) throw new Error('a rollout has no end of its own');
  return step.value;
}

function asMessage({ reasoning, content, use }: Turn, random: Random, index: number): AssistantMessage {
  const seed = `${random.fork('call').next()} ${index}`;
  const id = `call_${createHash('sha256').update(seed).digest('hex').slice(0, 24)}`;
  const call = { id, name: use.name, arguments: JSON.stringify(use.arguments) };
  return { role: 'assistant', content, reasoning, toolCalls: [call] };
}

import type { Message } from '../../trajectory/index.ts';
import { ReplayMismatchError } from '../errors.ts';
import type { Answer, Conversation, Question, Teacher } from '../teacher.ts';
import { type Difference, differenceOf } from './difference.ts';
import { type Recording, readRecordings } from './recording.ts';

/**
 * A teacher that gives recorded answers again, each for the history it was given for. Of recordings that begin alike
 * every conversation takes another one while there are any.
 *
 * @throws TeacherSpecError the file cannot be read
 */
export function replayTeacher(file: string): Teacher {
  const recordings = readRecordings(file);
  const taken = new Map<Recording, number>();
  return {
    spec: `replay:${file}`,
    offline: recordings.some(({ calls }) => [...calls.values()].some(({ model }) => model === 'offline')),
    spentUsd: 0,
    prices: [],
    open: ({ key }) => {
      const own = recordings.filter((recording) => recording.key === key);
      return new ReplayConversation(
        own.length > 0 ? own : recordings.filter((one) => one.key === undefined),
        key,
        taken,
      );
    },
  };
}

class ReplayConversation implements Conversation {
  readonly #candidates: readonly Recording[];
  readonly #key: string;
  readonly #taken: Map<Recording, number>;
  #current: Recording | undefined;

  constructor(candidates: readonly Recording[], key: string, taken: Map<Recording, number>) {
    this.#candidates = candidates;
    this.#key = key;
    this.#taken = taken;
  }

  async ask({ messages }: Question, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    const recording = this.#choose(messages);
    const message = recording.messages[messages.length];
    if (message?.role !== 'assistant') throw new Error('a recording is chosen for its answer');
    const call = recording.calls.get(messages.length);
    return {
      message,
      model: call?.model ?? 'replay',
      usage: call?.usage ?? { input: 0, cached: 0, output: 0 },
      costUsd: 0,
      latencyMs: 0,
      retries: 0,
      finish: message.toolCalls === undefined ? 'stop' : 'tool_calls',
    };
  }

  close(): void {}

  /** @throws ReplayMismatchError */
  #choose(messages: readonly Message[]): Recording {
    if (this.#current !== undefined && mismatch(messages, this.#current) === undefined) return this.#current;
    const fitting = this.#candidates.filter((one) => mismatch(messages, one) === undefined);
    const uses = (recording: Recording) => this.#taken.get(recording) ?? 0;
    const next = fitting.reduce<Recording | undefined>(
      (least, one) => (least === undefined || uses(one) < uses(least) ? one : least),
      undefined,
    );
    if (next === undefined) throw this.#failure(messages);
    this.#taken.set(next, uses(next) + 1);
    this.#current = next;
    return next;
  }

  #failure(messages: readonly Message[]): ReplayMismatchError {
    const closest = this.#candidates
      .map((recording) => ({ recording, difference: mismatch(messages, recording) }))
      .reduce<Closest | undefined>(
        (best, one) => (best === undefined || agreed(one) > agreed(best) ? one : best),
        undefined,
      );
    if (closest?.difference === undefined) {
      return new ReplayMismatchError(`No recording has the key "${this.#key}", and all have one.`);
    }
    const { recording, difference } = closest;
    const step = messages.slice(0, difference.agreed).filter(({ role }) => role === 'assistant').length + 1;
    return new ReplayMismatchError(`${recording.place}, step ${step}: ${difference.what}.`);
  }
}

interface Closest {
  readonly recording: Recording;
  readonly difference: Difference | undefined;
}

function agreed({ difference }: Closest): number {
  return difference?.agreed ?? Number.POSITIVE_INFINITY;
}

/** Why a recording has no answer to a history. */
function mismatch(messages: readonly Message[], { messages: recorded }: Recording): Difference | undefined {
  const difference = differenceOf(messages, recorded);
  if (difference !== undefined) return difference;
  if (recorded[messages.length]?.role === 'assistant') return undefined;
  return { agreed: messages.length, what: 'the recording has no answer here' };
}

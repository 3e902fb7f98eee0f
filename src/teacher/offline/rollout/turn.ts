import type { Random } from '../random.ts';
import { type Places, say } from '../speech/phrases.ts';
import { type Stage, wordsFor } from '../speech/words.ts';
import type { ToolUse } from './hands.ts';

/** One answer of a rollout: what is thought, what is said, which tool is called. */
export interface Turn {
  readonly reasoning: string;
  readonly content: string;
  readonly use: ToolUse;
}

/** A part of a rollout: gives turns, takes the observation of each, and ends with what it found out. */
export type Steps<T> = AsyncGenerator<Turn, T, string>;

/** A turn in the words that belong to its stage. */
export function turn(stage: Stage, use: ToolUse, random: Random, places: Places = {}): Turn {
  const { thought, remark } = wordsFor(stage, random);
  return { reasoning: say(thought, places), content: say(remark, places), use };
}

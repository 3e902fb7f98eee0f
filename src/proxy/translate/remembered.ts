import { BoundedMemory } from '../bounded-memory.ts';
import { type Turn, textOf } from '../conversation.ts';
import { sameData } from '../same-data.ts';
import { goesOn } from './history.ts';
import type { RolloutHistory, RolloutParts } from './rollout-history.ts';

interface Remembered {
  readonly turns: readonly Turn[];
  readonly history: RolloutHistory;
}

/** Histories, and code units of all of them together. */
const MOST = 256;
const LARGEST = 32 * 1024 * 1024;

/**
 * Histories as they have been read: each comes again with the next request, a turn longer, and reading it takes longer
 * than seeing that it is the same. A history that is not here is read anew, with the same result.
 */
const remembered = new BoundedMemory<Remembered>(MOST, LARGEST);

/** The longest known beginning of a history for the caller to go on with, and the turns that are in it. */
export function recall(
  parts: RolloutParts,
  turns: readonly Turn[],
): { readonly history: RolloutHistory; readonly count: number } | undefined {
  const known = remembered.get(keyOf(parts, turns));
  if (!known || known.turns.length > turns.length || goesOn(turns[known.turns.length])) return undefined;
  if (!known.turns.every((turn, position) => sameData(turn, turns[position]))) return undefined;
  return { history: known.history.copy(), count: known.turns.length };
}

/** @param history what has been made of `turns` */
export function remember(parts: RolloutParts, turns: readonly Turn[], history: RolloutHistory): void {
  const last = turns.at(-1);
  // Its results will say what became of it.
  if (last?.type === 'assistant' && last.calls.length > 0) return;
  remembered.set(keyOf(parts, turns), { turns, history: history.copy() }, history.size);
}

/** One a conversation: what the user said first, under the same translation. */
function keyOf({ profile, kit, paths }: RolloutParts, turns: readonly Turn[]): string {
  const first = turns.find((turn) => turn.type === 'user');
  const { bash, read, edit, write } = kit;
  const said = first?.type === 'user' ? textOf(first.parts) : '';
  return JSON.stringify([profile, paths.root, bash, read, edit, write, said]);
}

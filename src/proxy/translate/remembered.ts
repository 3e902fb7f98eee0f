import { BoundedMemory } from '../bounded-memory.ts';
import { textOf } from '../conversation.ts';
import { sameData } from '../same-data.ts';
import type { Item } from './history.ts';
import type { RolloutHistory, RolloutParts } from './rollout-history.ts';

interface Remembered {
  readonly items: readonly Item[];
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

/** The longest known beginning of a history, for the caller to go on with. */
export function recall(parts: RolloutParts, items: readonly Item[]): RolloutHistory | undefined {
  const known = remembered.get(keyOf(parts, items));
  if (!known || known.items.length > items.length) return undefined;
  if (!known.items.every((item, position) => sameData(item, items[position]))) return undefined;
  return known.history.copy();
}

/** @param history what has been made of `items`, all of which nothing that follows can change any more */
export function remember(parts: RolloutParts, items: readonly Item[], history: RolloutHistory): void {
  remembered.set(keyOf(parts, items), { items, history: history.copy() }, history.size);
}

/** One a conversation: what the user said first, under the same translation. */
function keyOf({ profile, kit, paths }: RolloutParts, items: readonly Item[]): string {
  const first = items.find((item) => item.type === 'user');
  const { bash, read, edit, write } = kit;
  const said = first?.type === 'user' ? textOf(first.parts) : '';
  return JSON.stringify([profile, paths.root, bash, read, edit, write, said]);
}

import { textOf } from '../conversation.ts';
import type { Item } from './history.ts';
import type { RolloutHistory, RolloutParts } from './rollout-history.ts';
import { sameData } from './same-data.ts';

interface Remembered {
  readonly items: readonly Item[];
  readonly history: RolloutHistory;
}

/** Code units of all histories together, and how many there may be. */
const LARGEST = 32 * 1024 * 1024;
const MOST = 256;

/**
 * Histories as they have been read: each comes again with the next request, a turn longer, and reading it takes longer
 * than seeing that it is the same. A history that is not here is read anew, with the same result.
 */
const remembered = new Map<string, Remembered>();
let size = 0;

/** The longest known beginning of a history, for the caller to go on with. */
export function recall(parts: RolloutParts, items: readonly Item[]): RolloutHistory | undefined {
  const known = remembered.get(keyOf(parts, items));
  if (!known || known.items.length >= items.length) return undefined;
  if (!known.items.every((item, position) => sameData(item, items[position]))) return undefined;
  return known.history.copy();
}

/** @param history what has been made of `items`, all of which nothing that follows can change any more */
export function remember(parts: RolloutParts, items: readonly Item[], history: RolloutHistory): void {
  const key = keyOf(parts, items);
  forget(key);
  if (history.size > LARGEST / 4) return;
  remembered.set(key, { items, history });
  size += history.size;
  for (const oldest of remembered.keys()) {
    if (size <= LARGEST && remembered.size <= MOST) break;
    forget(oldest);
  }
}

function forget(key: string): void {
  const known = remembered.get(key);
  if (!known) return;
  size -= known.history.size;
  remembered.delete(key);
}

/** One a conversation: what the user said first, under the same translation. */
function keyOf({ profile, kit, paths }: RolloutParts, items: readonly Item[]): string {
  const first = items.find((item) => item.type === 'user');
  const { bash, read, edit, write } = kit;
  const said = first?.type === 'user' ? textOf(first.parts) : '';
  return JSON.stringify([profile, paths.root, bash, read, edit, write, said]);
}

import type { Hands } from './hands.ts';
import type { Choices } from './make-edit.ts';

/** What every part of a rollout needs: tools, and the rollout's own choices. */
export interface Scene extends Choices {
  readonly hands: Hands;
}

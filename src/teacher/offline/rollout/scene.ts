import type { Choices } from '../editing/make-edit.ts';
import type { Hands } from './hands.ts';

/** What every part of a rollout needs: tools, and the rollout's own choices. */
export interface Scene extends Choices {
  readonly hands: Hands;
}

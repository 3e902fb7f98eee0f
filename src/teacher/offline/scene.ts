import type { Hands } from './hands.ts';
import type { Random } from './random.ts';

/** What every part of a rollout needs: tools, and the rollout's own choices. */
export interface Scene {
  readonly hands: Hands;
  readonly random: Random;
}

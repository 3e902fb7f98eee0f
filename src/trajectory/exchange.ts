import type { Message } from './message.ts';
import type { ModelCall } from './trajectory.ts';

/** A conversation without tools: what was asked and answered outside a rollout. */
export interface Exchange {
  readonly messages: readonly Message[];
  readonly calls: readonly ModelCall[];
}

import type { ClientCall } from '../conversation.ts';
import type { ModelCall } from '../upstream/accumulator.ts';
import type { ChatMessage, ChatTool } from '../upstream/chat.ts';

/** A client's request as the model is to see it, and what becomes of what the model answers. */
export interface Dialogue {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
  /** What the client must do before the model can be asked: then these calls are the answer. */
  readonly pending: readonly ClientCall[];
  /** What the user is told where the model has handed its work in already. */
  readonly closing: string | undefined;
  /** What a call of the model leads to. */
  act(call: ModelCall, position: number): Promise<Act>;
  /** Text of the model in the client's paths; what has a `/testbed` to look for in it. */
  readonly textToClient: ((text: string) => string) | undefined;
}

export type Act =
  | { readonly type: 'call'; readonly call: ClientCall }
  | { readonly type: 'submitted'; readonly summary: string }
  /** The call cannot be made; the model reads why. */
  | { readonly type: 'refused'; readonly text: string };

import type { Sandbox } from '../sandbox/index.ts';
import type { Answer } from '../teacher/index.ts';
import type { Message, ToolDefinition } from '../trajectory/index.ts';
import type { ProfileName } from './agent.ts';
import type { CommandClock } from './clock.ts';

/** What the harness says and offers to the model: its words around the instruction, and its tools. */
export interface Profile {
  readonly name: ProfileName;
  readonly tools: readonly ToolDefinition[];
  /** The messages that a rollout begins with. */
  open(instruction: string): readonly Message[];
  /** The tools of one rollout, bound to its sandbox. */
  start(sandbox: Sandbox, clock: CommandClock): Toolbox;
}

export interface Toolbox {
  /**
   * Does what an answer asks for. Each tool call is answered by a message of its own, whatever comes of it, so
   * that the history stays one that every provider takes.
   *
   * @throws SandboxError
   */
  execute(answer: Pick<Answer, 'message' | 'finish'>, signal?: AbortSignal): Promise<Turn>;
}

/** What an answer led to; `messages` are appended to the history. */
export type Turn =
  | { readonly type: 'observed'; readonly messages: readonly Message[] }
  /** The answer could not be acted on; the messages say why. */
  | { readonly type: 'malformed'; readonly messages: readonly Message[] }
  | { readonly type: 'submitted'; readonly messages: readonly Message[]; readonly patch: string };

import { textOf } from '../conversation.ts';
import type { CommandResult } from '../tools/results.ts';
import type { Step } from './history.ts';
import type { Plan, World } from './world.ts';

/** What a command came to, over all that was asked of the client about it. */
export type CommandProgress =
  | Exclude<CommandResult, { type: 'running' }>
  /** It was interrupted. */
  | { readonly type: 'timed-out'; readonly output: string }
  | Extract<Plan, { type: 'call' }>;

/** Seconds that a command has in training, and in all that is asked of a client that waits for it in parts. */
export const COMMAND_SECONDS = 300;
const INTERRUPT = '\u0003';
/** The command, a wait, an interrupt. */
const MOST_STEPS = 3;

export function progressCommand({ kit }: World, steps: readonly Step[]): CommandProgress {
  let output = '';
  let last: CommandResult = { type: 'other', text: '' };
  for (const { result } of steps) {
    if (!result) break;
    last = kit.results.command(textOf(result.parts), result.failed);
    if (last.type !== 'other') output += last.output;
  }
  const { poll } = kit.bash;
  if (last.type === 'running' && poll && steps.length < MOST_STEPS) {
    const characters = steps.length === MOST_STEPS - 1 ? INTERRUPT : '';
    const input = { [poll.session]: last.session, [poll.characters]: characters, ...poll.wait };
    return { type: 'call', name: poll.name, input, id: { kind: 'bash', step: steps.length, numbers: [] } };
  }
  if (steps.length === MOST_STEPS) return { type: 'timed-out', output: output.replace(/\n$/, '') };
  if (last.type === 'running') return { type: 'ran', output: output.replace(/\n$/, ''), exitCode: undefined };
  if (steps.length === 1 || last.type === 'other') return last;
  return { ...last, output: output.replace(/\n$/, '') };
}

import {
  miniTimedOut,
  type Observe,
  openMiniObserver,
  openObserver,
  openProfile,
} from '../../agent/index.ts';
import type { Message, ToolDefinition } from '../../trajectory/index.ts';
import { quote } from '../paths/quote.ts';
import type { ChatTool } from '../upstream/chat.ts';
import { chatTool } from './chat-messages.ts';
import { COMMAND_SECONDS, progressCommand } from './command.ts';
import type { Step, Work } from './history.ts';
import { type ModelToolCall, mapped, modelCall, plan, progress, resultText } from './model-tools.ts';
import type { Plan, World } from './world.ts';

/** What a model's training looked like: its words, its tools, and how it was told what they did. */
export interface Harness {
  readonly definitions: readonly ToolDefinition[];
  /** The same as a server takes them. */
  readonly tools: readonly ChatTool[];
  open(instruction: string): readonly Message[];
  /** What a call that could not be made is answered with. */
  refuse(text: string): string;
  plan(
    world: World,
    tool: string,
    given: Readonly<Record<string, unknown>>,
    works: readonly Work[],
  ): Promise<Plan>;
  read(world: World, step: Step): ModelToolCall;
  /** What the model reads of a call, or what the client has to do first. */
  observe(world: World, call: ModelToolCall, work: Work): Promise<Observed | Extract<Plan, { type: 'call' }>>;
}

export interface Observed {
  readonly type: 'observed';
  readonly text: string;
  /** Whether the model has handed its work in with this. */
  readonly isSubmission: boolean;
}

export function harnessOf(profile: 'swe-agent' | 'mini'): Harness {
  return HARNESSES[profile];
}

function sweAgent(): Harness {
  const { tools, open } = openProfile('swe-agent');
  const observe: Observe = openObserver({});
  return {
    definitions: tools,
    tools: tools.map(chatTool),
    open,
    plan,
    read: modelCall,
    refuse: observe,
    async observe(world, call, work) {
      const state = await progress(world, call, work);
      if (state.type === 'call') return state;
      return { type: 'observed', text: observe(state.output), isSubmission: false };
    },
  };
}

/** The first line that a command prints which hands the work in. */
const SUBMISSION = 'COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT';

/** Every command runs in a fresh shell at the repository's root, wherever the client's own shell has gone. */
function mini(): Harness {
  const { tools, open } = openProfile('mini');
  const observe = openMiniObserver(undefined);
  return {
    definitions: tools,
    tools: tools.map(chatTool),
    open,
    refuse: (text) => text,
    async plan({ kit, paths }, _tool, given) {
      const command = `${start(paths.root)}${paths.commandToClient(String(given.command))}`;
      const input = { [kit.bash.command]: command, ...kit.bash.extra };
      return { type: 'call', name: kit.bash.name, input, id: { kind: 'bash', step: 0, numbers: [] } };
    },
    read(world, { call, id }) {
      const { kit, paths } = world;
      if (call.name !== kit.bash.name)
        return { tool: 'other', name: call.name, input: mapped(call.input, paths.textToModel) };
      const command = String(call.input[kit.bash.command] ?? '');
      const own =
        id && command.startsWith(start(paths.root)) ? command.slice(start(paths.root).length) : command;
      return { tool: 'bash', command: paths.commandToModel(own) };
    },
    async observe(world, call, { steps }) {
      const { paths } = world;
      const result = call.tool === 'bash' ? progressCommand(world, steps) : undefined;
      if (result?.type === 'call') return result;
      if (result === undefined || result.type === 'other')
        return { type: 'observed', text: paths.textToModel(resultText(steps[0])), isSubmission: false };
      const exitCode = result.type === 'ran' ? (result.exitCode ?? 0) : -1;
      const exception = result.type === 'ran' ? '' : miniTimedOut(COMMAND_SECONDS);
      const output = paths.textToModel(result.output === '' ? '' : `${result.output}\n`);
      const text = observe({ output, returncode: exitCode, exception, omitted: 0, tail: output });
      const isSubmission = exitCode === 0 && output.trimStart().split('\n')[0]?.trim() === SUBMISSION;
      return { type: 'observed', text, isSubmission };
    },
  };
}

function start(root: string): string {
  return `cd ${quote(root, 'none')}\n`;
}

/** Made once: their templates take longer to read than a request to translate. */
const HARNESSES: Readonly<Record<'swe-agent' | 'mini', Harness>> = { 'swe-agent': sweAgent(), mini: mini() };

import { badCall, FormatError, readCall } from '../../agent/index.ts';
import type { ToolCall, ToolDefinition } from '../../trajectory/index.ts';
import type { ClientCall, ClientRequest, Turn } from '../conversation.ts';
import type { ModelCall } from '../upstream/accumulator.ts';
import type { ChatMessage } from '../upstream/chat.ts';
import { readArguments } from './arguments.ts';
import { baseOf } from './call-id.ts';
import { chatTool } from './chat-messages.ts';
import type { Act, Dialogue } from './dialogue.ts';
import { type Harness, harnessOf } from './harness.ts';
import { readHistory } from './history.ts';
import { mapped } from './model-tools.ts';
import { recall, remember } from './remembered.ts';
import { clientCall, RolloutHistory, type RolloutParts } from './rollout-history.ts';
import { summaryOf } from './submission.ts';

export interface RolloutOptions extends RolloutParts {
  /** Names of the client's tools that the model is offered as they are. */
  readonly passTools: readonly string[];
}

/**
 * A request as a rollout of a profile: its system prompt, the user's words as the description of what is
 * to be done, and the client's work as that of the tools that the model was trained with.
 */
export async function rolloutDialogue(request: ClientRequest, options: RolloutOptions): Promise<Dialogue> {
  return new Rollout(request, options, await readTurns(options, request.turns));
}

/** Goes on from where the last request of the same conversation left off, if that is known. */
async function readTurns(
  { profile, kit, paths }: RolloutOptions,
  turns: readonly Turn[],
): Promise<RolloutHistory> {
  const parts = { profile, kit, paths };
  const { history, count } = recall(parts, turns) ?? { history: new RolloutHistory(parts), count: 0 };
  const items = readHistory(turns, count, kit.disguise);
  for (const [position, { item, place }] of items.entries()) {
    const isLast = position === items.length - 1;
    // What the client is yet to do for its last item will make another item of it.
    if (isLast && history.isOpen) remember(parts, turns.slice(0, place), history);
    await history.add(item, isLast);
  }
  if (history.isOpen && history.isDone) remember(parts, [...turns], history);
  history.open();
  return history;
}

class Rollout implements Dialogue {
  readonly messages: readonly ChatMessage[];
  readonly pending: readonly ClientCall[];
  readonly closing: string | undefined;
  readonly tools: Dialogue['tools'];
  readonly textToClient: (text: string) => string;
  readonly #history: RolloutHistory;
  readonly #passed: ClientRequest['tools'];
  readonly #harness: Harness;

  constructor(
    request: ClientRequest,
    { paths, passTools, profile }: RolloutOptions,
    history: RolloutHistory,
  ) {
    this.#harness = harnessOf(profile);
    this.#passed = request.tools.filter(({ name }) => passTools.includes(name));
    this.tools = [...this.#harness.tools, ...this.#passed.map(chatTool)];
    this.textToClient = paths.textToClient;
    this.#history = history;
    this.messages = history.messages;
    this.pending = history.pending;
    this.closing = history.closing;
  }

  async act({ id, name, arguments: text }: ModelCall, position: number): Promise<Act> {
    const given = readArguments(text);
    if (!given) return refused(badCall(`The arguments of \`${name}\` are not a valid JSON object.`));
    const { world, works } = this.#history;
    const base = baseOf(id, this.messages.length, position);
    const passed = this.#passed.find((tool) => tool.name === name);
    if (passed) {
      const input = mapped(given, world.paths.textToClient);
      const id = { kind: 'passed', step: 0, numbers: [] } as const;
      return { type: 'call', call: clientCall(world, base, { type: 'call', name, input, id }) };
    }
    const checked = checkedArguments(
      { id, name, arguments: JSON.stringify(given) },
      this.#harness.definitions,
    );
    if (typeof checked === 'string') return refused(badCall(checked));
    if (name === 'submit') return { type: 'submitted', summary: summaryOf(world, works) };
    const planned = await this.#harness.plan(world, name, checked, works);
    if (planned.type === 'refused') return refused(this.#harness.refuse(planned.text));
    return { type: 'call', call: clientCall(world, base, planned) };
  }
}

function checkedArguments(
  call: ToolCall,
  tools: readonly ToolDefinition[],
): Readonly<Record<string, unknown>> | string {
  try {
    return readCall(call, tools).arguments;
  } catch (error) {
    if (error instanceof FormatError) return error.message;
    throw error;
  }
}

function refused(text: string): Act {
  return { type: 'refused', text };
}

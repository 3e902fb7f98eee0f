import { badCall, FormatError, readCall } from '../../agent/index.ts';
import type { ToolCall, ToolDefinition } from '../../trajectory/index.ts';
import {
  type AssistantTurn,
  type ClientCall,
  type ClientRequest,
  imagesOf,
  type Part,
  textOf,
} from '../conversation.ts';
import type { Paths } from '../paths/paths.ts';
import type { ToolKit } from '../tools/kit.ts';
import type { ModelCall } from '../upstream/accumulator.ts';
import type { ChatCall, ChatMessage } from '../upstream/chat.ts';
import { readArguments } from './arguments.ts';
import { baseOf, writeCallId } from './call-id.ts';
import { assistantMessage, chatCall, chatTool, resultMessages, userMessage } from './chat-messages.ts';
import type { Act, Dialogue } from './dialogue.ts';
import { type Harness, harnessOf } from './harness.ts';
import { type Item, readHistory, type Work } from './history.ts';
import { KnownFiles } from './known-files.ts';
import { LoopWatch } from './loops.ts';
import { argumentsOf, type ModelToolCall, mapped } from './model-tools.ts';
import { userText } from './reminders.ts';
import { ShellFolder } from './shell-folder.ts';
import { splitSummary, summaryOf } from './submission.ts';
import type { Plan, World } from './world.ts';

export interface RolloutOptions {
  readonly kit: ToolKit;
  readonly paths: Paths;
  /** Names of the client's tools that the model is offered as they are. */
  readonly passTools: readonly string[];
  readonly profile: 'swe-agent' | 'mini';
}

/**
 * A request as a rollout of a profile: its system prompt, the user's words as the description of what is
 * to be done, and the client's work as that of the tools that the model was trained with.
 */
export async function rolloutDialogue(request: ClientRequest, options: RolloutOptions): Promise<Dialogue> {
  const rollout = new Rollout(request, options);
  const { disguise } = options.kit;
  await rollout.read(readHistory(request, disguise && ((call) => disguise.toKit(call))));
  return rollout;
}

class Rollout implements Dialogue {
  readonly messages: ChatMessage[] = [];
  readonly tools: Dialogue['tools'];
  readonly pending: ClientCall[] = [];
  closing: string | undefined;
  readonly textToClient: (text: string) => string;
  readonly #world: World;
  readonly #passed: ClientRequest['tools'];
  readonly #works: Work[] = [];
  readonly #loops = new LoopWatch();
  readonly #harness: Harness;

  constructor(request: ClientRequest, { kit, paths, passTools, profile }: RolloutOptions) {
    this.#harness = harnessOf(profile);
    this.#passed = request.tools.filter(({ name }) => passTools.includes(name));
    this.tools = [...this.#harness.tools, ...this.#passed].map(chatTool);
    this.textToClient = paths.textToClient;
    this.#world = { kit, paths, known: new KnownFiles(), shell: new ShellFolder() };
  }

  async read(items: readonly Item[]): Promise<void> {
    const first = items.find((item) => item.type === 'user');
    this.#open(first?.type === 'user' ? first.parts : []);
    const begun = first === undefined ? 0 : items.indexOf(first) + 1;
    for (const [position, item] of items.entries()) {
      // The client tells its own model of its surroundings: not this one.
      if (item.type === 'system' || position === begun - 1) continue;
      if (item.type === 'user') this.#addUser(item.parts);
      else await this.#addAssistant(item.turn, item.works, position === items.length - 1);
    }
  }

  async act({ id, name, arguments: text }: ModelCall, position: number): Promise<Act> {
    const given = readArguments(text);
    if (!given) return refused(badCall(`The arguments of \`${name}\` are not a valid JSON object.`));
    const base = baseOf(id, this.messages.length, position);
    const passed = this.#passed.find((tool) => tool.name === name);
    if (passed) {
      const input = mapped(given, this.#world.paths.textToClient);
      return {
        type: 'call',
        call: { id: writeCallId({ base, kind: 'passed', step: 0, numbers: [] }), name, input },
      };
    }
    const checked = checkedArguments({ id, name, arguments: JSON.stringify(given) }, this.#harness.tools);
    if (typeof checked === 'string') return refused(badCall(checked));
    if (name === 'submit') return { type: 'submitted', summary: summaryOf(this.#world, this.#works) };
    const planned = await this.#harness.plan(this.#world, name, checked, this.#works);
    if (planned.type === 'refused') return refused(this.#harness.refuse(planned.text));
    return { type: 'call', call: this.#clientCall(base, planned) };
  }

  #clientCall(base: string, { name, input, id }: Extract<Plan, { type: 'call' }>): ClientCall {
    const call = { name, input };
    return { id: writeCallId({ base, ...id }), ...(this.#world.kit.disguise?.toClient(call) ?? call) };
  }

  #open(parts: readonly Part[]): void {
    const text = userText(this.#world.paths.textToModel(textOf(parts)), true);
    for (const message of this.#harness.open(text)) {
      if (message.role === 'system')
        this.messages.push({ role: 'system', content: message.content.toWellFormed() });
      else this.messages.push(userMessage(message.content, parts));
    }
  }

  #addUser(parts: readonly Part[]): void {
    const text = userText(this.#world.paths.textToModel(textOf(parts)), false);
    if (text === '' && imagesOf(parts).length === 0) return;
    this.#loops.moved();
    this.messages.push(userMessage(text, parts));
  }

  async #addAssistant(turn: AssistantTurn, works: readonly Work[], isLast: boolean): Promise<void> {
    const { text, summary } = splitSummary(turn.text);
    const said = {
      text: this.#world.paths.textToModel(text),
      ...(turn.reasoning && {
        reasoning: { ...turn.reasoning, text: this.#world.paths.textToModel(turn.reasoning.text) },
      }),
    };
    const calls: ChatCall[] = [];
    const results: ChatMessage[] = [];
    const images: ChatMessage[] = [];
    for (const work of works) {
      const [call, output] = await this.#addWork(work, isLast, calls);
      calls.push(call);
      const [result, seen] = resultMessages(call.id, output, work.steps.at(-1)?.result?.parts ?? []);
      results.push(result);
      images.push(...seen);
    }
    if (summary !== undefined) {
      const id = baseOf('submit', this.messages.length, works.length);
      calls.push(chatCall(id, 'submit', {}));
      results.push(resultMessages(id, this.#harness.refuse(summary), [])[0]);
    }
    this.messages.push(assistantMessage(said, calls), ...results, ...images);
  }

  async #addWork(
    work: Work,
    isLast: boolean,
    others: readonly ChatCall[],
  ): Promise<readonly [ChatCall, string]> {
    const [first] = work.steps;
    if (!first) throw new Error('a call of the model has no step');
    const call = this.#harness.read(this.#world, first);
    const id = uniqueId(first.id?.base ?? first.call.id, others);
    const state = await this.#harness.observe(this.#world, call, work);
    this.#works.push(work);
    const name = call.tool === 'other' ? call.name : call.tool;
    const sent = chatCall(id, name, argumentsOf(call));
    if (state.type === 'call') {
      const base = first.id?.base;
      const isWaiting =
        isLast && base !== undefined && work.steps.every(({ result }) => result !== undefined);
      if (isWaiting) this.pending.push(this.#clientCall(base, state));
      const text = textOf(work.steps.at(-1)?.result?.parts ?? []);
      return [sent, this.#harness.refuse(this.#world.paths.textToModel(text))];
    }
    if (state.isSubmission && isLast) this.closing = summaryOf(this.#world, this.#works);
    if (hasChanged(call, state.text)) this.#loops.moved();
    return [sent, state.text + this.#loops.hint(sent.function.name + sent.function.arguments, state.text)];
  }
}

/** A server finds a result by its call's id: no two calls of a message may share one, whatever the client sends. */
function uniqueId(id: string, others: readonly ChatCall[]): string {
  return others.some((other) => other.id === id) ? uniqueId(`${id}_`, others) : id;
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

function hasChanged(call: ModelToolCall, output: string): boolean {
  return (
    call.tool === 'str_replace_editor' &&
    call.request.command !== 'view' &&
    /^(?:OBSERVATION:\n)?(?:The file|File created|Last edit)/.test(output)
  );
}

function refused(text: string): Act {
  return { type: 'refused', text };
}

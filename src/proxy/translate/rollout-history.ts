import { type AssistantTurn, type ClientCall, imagesOf, type Part, textOf } from '../conversation.ts';
import type { Paths } from '../paths/paths.ts';
import type { ToolKit } from '../tools/kit.ts';
import type { ChatCall, ChatMessage } from '../upstream/chat.ts';
import { baseOf, writeCallId } from './call-id.ts';
import { assistantMessage, chatCall, resultMessages, userMessage } from './chat-messages.ts';
import { type Harness, harnessOf } from './harness.ts';
import type { Item, Work } from './history.ts';
import { KnownFiles } from './known-files.ts';
import { LoopWatch } from './loops.ts';
import { argumentsOf, type ModelToolCall } from './model-tools.ts';
import { userText } from './reminders.ts';
import { ShellFolder } from './shell-folder.ts';
import { splitSummary, summaryOf } from './submission.ts';
import type { Plan, World } from './world.ts';

export interface RolloutParts {
  readonly profile: 'swe-agent' | 'mini';
  readonly kit: ToolKit;
  readonly paths: Paths;
}

/** A history as the model is to see it, item by item: what an item becomes depends on those before it alone. */
export class RolloutHistory {
  readonly messages: ChatMessage[];
  readonly works: Work[];
  /** What the client must do before the model can be asked. */
  readonly pending: ClientCall[] = [];
  /** What the user is told where the model has handed its work in. */
  closing: string | undefined;
  readonly world: World;
  /** Code units of all that was read. */
  size: number;
  readonly #parts: RolloutParts;
  readonly #harness: Harness;
  readonly #loops: LoopWatch;
  #isOpen: boolean;

  constructor(parts: RolloutParts, before?: RolloutHistory) {
    const { kit, paths, profile } = parts;
    this.#parts = parts;
    this.#harness = harnessOf(profile);
    this.messages = [...(before?.messages ?? [])];
    this.works = [...(before?.works ?? [])];
    this.size = before?.size ?? 0;
    this.#isOpen = before ? before.#isOpen : false;
    this.#loops = before ? before.#loops.copy() : new LoopWatch();
    const known = before?.world.known.copy() ?? new KnownFiles();
    this.world = { kit, paths, known, shell: before?.world.shell.copy() ?? new ShellFolder() };
  }

  /** Another that can go on from here. */
  copy(): RolloutHistory {
    return new RolloutHistory(this.#parts, this);
  }

  /** Whether the user has said what is to be done. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether the client has nothing left to do, so that what comes next can only follow. */
  get isDone(): boolean {
    return this.pending.length === 0 && this.closing === undefined;
  }

  /** @param isLast whether the client waits for what is to be done about it */
  async add(item: Item, isLast: boolean): Promise<void> {
    const from = this.messages.length;
    // The client tells its own model of its surroundings: not this one.
    if (item.type === 'user') this.#addUser(item.parts);
    else if (item.type === 'assistant') await this.#addAssistant(item.turn, item.works, isLast);
    for (const message of this.messages.slice(from)) this.size += sizeOf(message);
  }

  /** A history in which the user has said nothing begins all the same. */
  open(parts: readonly Part[] = []): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const text = userText(this.world.paths.textToModel(textOf(parts)), true);
    for (const message of this.#harness.open(text)) {
      if (message.role === 'system')
        this.messages.push({ role: 'system', content: message.content.toWellFormed() });
      else this.messages.push(userMessage(message.content, parts));
    }
  }

  #addUser(parts: readonly Part[]): void {
    if (!this.#isOpen) {
      this.open(parts);
      return;
    }
    const text = userText(this.world.paths.textToModel(textOf(parts)), false);
    if (text === '' && imagesOf(parts).length === 0) return;
    this.#loops.moved();
    this.messages.push(userMessage(text, parts));
  }

  async #addAssistant(turn: AssistantTurn, works: readonly Work[], isLast: boolean): Promise<void> {
    this.open();
    const { text, summary } = splitSummary(turn.text);
    const said = {
      text: this.world.paths.textToModel(text),
      ...(turn.reasoning && {
        reasoning: { ...turn.reasoning, text: this.world.paths.textToModel(turn.reasoning.text) },
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
    const call = this.#harness.read(this.world, first);
    const id = uniqueId(first.id?.base ?? first.call.id, others);
    const state = await this.#harness.observe(this.world, call, work);
    this.works.push(work);
    const name = call.tool === 'other' ? call.name : call.tool;
    const sent = chatCall(id, name, argumentsOf(call));
    if (state.type === 'call') {
      const base = first.id?.base;
      const isWaiting =
        isLast && base !== undefined && work.steps.every(({ result }) => result !== undefined);
      if (isWaiting) this.pending.push(clientCall(this.world, base, state));
      const text = textOf(work.steps.at(-1)?.result?.parts ?? []);
      return [sent, this.#harness.refuse(this.world.paths.textToModel(text))];
    }
    if (state.isSubmission && isLast) this.closing = summaryOf(this.world, this.works);
    if (hasChanged(call, state.text)) this.#loops.moved();
    return [sent, state.text + this.#loops.hint(sent.function.name + sent.function.arguments, state.text)];
  }
}

/** What the client is asked to do, under a name that says what it belongs to. */
export function clientCall(
  { kit }: World,
  base: string,
  { name, input, id }: Extract<Plan, { type: 'call' }>,
): ClientCall {
  const call = { name, input };
  return { id: writeCallId({ base, ...id }), ...(kit.disguise?.toClient(call) ?? call) };
}

/** A server finds a result by its call's id: no two calls of a message may share one, whatever the client sends. */
function uniqueId(id: string, others: readonly ChatCall[]): string {
  return others.some((other) => other.id === id) ? uniqueId(`${id}_`, others) : id;
}

function hasChanged(call: ModelToolCall, output: string): boolean {
  return (
    call.tool === 'str_replace_editor' &&
    call.request.command !== 'view' &&
    /^(?:OBSERVATION:\n)?(?:The file|File created|Last edit)/.test(output)
  );
}

function sizeOf({ content, ...message }: ChatMessage): number {
  const calls = 'tool_calls' in message ? (message.tool_calls ?? []) : [];
  const given = calls.reduce((sum, { function: called }) => sum + called.arguments.length, 0);
  return given + (typeof content === 'string' ? content.length : JSON.stringify(content).length);
}

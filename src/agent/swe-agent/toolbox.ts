import type { Sandbox } from '../../sandbox/index.ts';
import type { Answer } from '../../teacher/index.ts';
import { FormatError, malformed, type ReadCall, readCall } from '../call.ts';
import type { CommandClock } from '../clock.ts';
import { type Editor, openEditor } from '../editor/editor.ts';
import { editorRequest } from '../editor/request.ts';
import type { Toolbox, Turn } from '../profile.ts';
import { badCall, CUT_OFF, EMPTY, NO_CALL, severalCalls, timedOut } from './messages.ts';
import type { Observe } from './observe.ts';
import { SWE_AGENT_TOOLS } from './tools.ts';

export interface SweAgentParts {
  readonly sandbox: Sandbox;
  readonly clock: CommandClock;
  readonly observe: Observe;
  /** What each `submit` but the last is answered with. */
  readonly reviews: readonly string[];
}

export class SweAgentToolbox implements Toolbox {
  readonly #parts: SweAgentParts;
  readonly #editor: Editor;
  #submits = 0;

  constructor(parts: SweAgentParts) {
    this.#parts = parts;
    this.#editor = openEditor(parts.sandbox.files);
  }

  async execute(answer: Pick<Answer, 'message' | 'finish'>, signal?: AbortSignal): Promise<Turn> {
    let call: ReadCall;
    try {
      call = onlyCall(answer);
    } catch (error) {
      if (error instanceof FormatError) return malformed(answer.message, error.message);
      throw error;
    }
    if (call.tool === 'submit') return this.#submit(call.id);
    const content = call.tool === 'bash' ? await this.#bash(call, signal) : await this.#edit(call);
    return { type: 'observed', messages: [{ role: 'tool', toolCallId: call.id, content }] };
  }

  async #bash(call: ReadCall, signal: AbortSignal | undefined): Promise<string> {
    const { sandbox, clock, observe } = this.#parts;
    const command = String(call.arguments.command);
    const result = await clock.time((timeout) =>
      sandbox.shell(command, { timeout, ...(signal && { signal }) }),
    );
    const output = result.timedOut ? timedOut(result.limit, result.output) : result.output;
    return observe(output, result.omitted);
  }

  async #edit(call: ReadCall): Promise<string> {
    return this.#parts.observe(await this.#editor.execute(editorRequest.parse(call.arguments)));
  }

  async #submit(toolCallId: string): Promise<Turn> {
    const { sandbox, observe, reviews } = this.#parts;
    const patch = await sandbox.patch();
    const review = reviews[this.#submits];
    this.#submits += 1;
    const content = observe(review === undefined ? patch : withDiff(review, patch));
    const messages = [{ role: 'tool', toolCallId, content }] as const;
    return review === undefined ? { type: 'submitted', messages, patch } : { type: 'observed', messages };
  }
}

function onlyCall({ message, finish }: Pick<Answer, 'message' | 'finish'>): ReadCall {
  const [call, ...others] = message.toolCalls ?? [];
  if (finish === 'length') throw new FormatError(CUT_OFF);
  if (call === undefined) throw new FormatError(message.content.trim() === '' ? EMPTY : NO_CALL);
  if (others.length > 0) throw new FormatError(severalCalls(others.length + 1));
  try {
    return readCall(call, SWE_AGENT_TOOLS);
  } catch (error) {
    throw error instanceof FormatError ? new FormatError(badCall(error.message)) : error;
  }
}

/** Not by Jinja: the message's own line ends are part of the format. */
function withDiff(message: string, patch: string): string {
  return message.replace(/\{\{\s*diff\s*\}\}/g, () => patch);
}

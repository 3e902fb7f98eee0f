import { type AnswerUsage, NO_USAGE } from '../answer.ts';
import type { ReasoningField } from '../conversation.ts';
import type { CallPiece, Chunk } from './chunks.ts';
import { type TaggedPiece, TagReader } from './tags.ts';

/** A tool call as the model wrote it; neither the name nor the arguments need be what was asked for. */
export interface ModelCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What came from the model, in order. */
export type ModelEvent =
  | { readonly type: 'reasoning'; readonly text: string; readonly field: ReasoningField }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly call: ModelCall };

/** Turns the chunks of one answer into what they say: deltas at once, calls when they are complete. */
export class AnswerAccumulator {
  usage: AnswerUsage = NO_USAGE;
  finish: string | undefined;
  /** Code units of everything that came, for an estimate where the server counts nothing. */
  length = 0;
  readonly #tags: TagReader;
  #call: { index: number | undefined; id: string; name: string; arguments: string } | undefined;

  constructor(calls: boolean) {
    this.#tags = new TagReader(calls);
  }

  add(chunk: Chunk): ModelEvent[] {
    const events: ModelEvent[] = [];
    if (chunk.usage) this.usage = chunk.usage;
    if (chunk.finish !== undefined) this.finish = chunk.finish;
    if (chunk.reasoning !== '')
      events.push({ type: 'reasoning', text: chunk.reasoning, field: chunk.reasoningField });
    if (chunk.text !== '') events.push(...this.#tags.read(chunk.text).map(eventOf));
    for (const piece of chunk.calls) events.push(...this.#addCall(piece));
    this.length += chunk.reasoning.length + chunk.text.length;
    return events;
  }

  /** What was still open. A call that the limit on the answer's length cut off is none. */
  end(): ModelEvent[] {
    const rest = this.#tags.end().map(eventOf);
    const call = this.#complete();
    const events = call === undefined ? rest : [...rest, call];
    return this.finish === 'length' ? events.filter(({ type }) => type !== 'call') : events;
  }

  #addCall(piece: CallPiece): ModelEvent[] {
    const events: ModelEvent[] = [];
    // Some servers give every call the index 0, or none: a new id with a new name is a new call.
    const isNew =
      this.#call === undefined ||
      (piece.index !== undefined && piece.index !== this.#call.index) ||
      (piece.id !== '' && piece.name !== '' && piece.id !== this.#call.id);
    if (isNew) {
      const done = this.#complete();
      if (done) events.push(done);
      this.#call = { index: piece.index, id: '', name: '', arguments: '' };
    }
    const call = this.#call;
    if (call) {
      call.id ||= piece.id;
      call.name ||= piece.name;
      call.arguments += piece.arguments;
      this.length += piece.arguments.length + piece.name.length;
    }
    return events;
  }

  #complete(): ModelEvent | undefined {
    const call = this.#call;
    this.#call = undefined;
    return call && { type: 'call', call: { id: call.id, name: call.name, arguments: call.arguments } };
  }
}

function eventOf(piece: TaggedPiece): ModelEvent {
  switch (piece.type) {
    case 'text':
      return piece;
    case 'think':
      return { type: 'reasoning', text: piece.text, field: 'think' };
    case 'call':
      return { type: 'call', call: taggedCall(piece.text) };
  }
}

/** The hermes format: an object of a name and arguments. What it is not, the reader of calls will say. */
function taggedCall(text: string): ModelCall {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'name' in value && 'arguments' in value) {
      const { name, arguments: given } = value;
      return {
        id: '',
        name: String(name),
        arguments: typeof given === 'string' ? given : JSON.stringify(given),
      };
    }
  } catch {
    const name = /"name"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? '';
    const given = /"arguments"\s*:\s*([\s\S]*?)\}?\s*$/.exec(text)?.[1] ?? text;
    return { id: '', name, arguments: given };
  }
  return { id: '', name: '', arguments: text };
}

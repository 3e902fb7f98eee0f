import { randomUUID } from 'node:crypto';
import { BoundedMemory } from './bounded-memory.ts';
import { ProxyFault } from './fault.ts';

/** What was read of a body: of the values in its list, and of everything else. */
export interface ReadBody<Frame, Value> {
  readonly frame: Frame;
  /** None where the body has no list. */
  readonly values: readonly Value[];
}

/** The last body of a conversation. */
interface Known<Frame, Value> extends ReadBody<Frame, Value> {
  readonly name: string;
  /** The bytes before the list's first value. */
  readonly head: Buffer;
  /** Those of the values, with room for more: every body of the conversation writes behind the one before it. */
  readonly list: Buffer;
  /** Where each value ends in the list. */
  readonly ends: readonly number[];
  /** The bytes from the list's end; undefined where the end of a value is not known. */
  readonly tail: Buffer | undefined;
}

/** Bodies, and bytes and code units of all of them together. */
const MOST = 256;
const LARGEST = 64 * 1024 * 1024;
/** Bytes of a body, beyond which nothing is remembered of it. */
const LONGEST = 16 * 1024 * 1024;

/** Stands for the values that are known already: nobody else can send it. */
const PLACE = randomUUID();

const NONE = Buffer.alloc(0);

/**
 * Reads bodies of JSON, one list of which grows from each to the next of a conversation. What has the same bytes as
 * in the last one is not read again, and is the same object.
 *
 * That two JSON texts begin with the same bytes says that they stand at the same place of the same list behind them;
 * so what follows can be read by itself.
 */
export class RepeatedBody<Frame, Value> {
  readonly #key: string;
  readonly #marker: string;
  readonly #readFrame: (body: unknown) => Frame;
  readonly #readValue: (raw: unknown) => Value;
  readonly #known = new BoundedMemory<Known<Frame, Value>>(MOST, LARGEST);

  /**
   * @param key of the list in the body
   * @param readFrame reads the body without regard to the list's values
   * @param readValue reads one value; like the other, it depends on nothing but what it is given
   */
  constructor(key: string, readFrame: (body: unknown) => Frame, readValue: (raw: unknown) => Value) {
    this.#key = key;
    // Inside of a text its quotation marks would have a backslash before them.
    this.#marker = `${JSON.stringify(key)}:[`;
    this.#readFrame = readFrame;
    this.#readValue = readValue;
  }

  /**
   * @throws ProxyFault the body is no JSON
   * @throws whatever the readers throw
   */
  read(bytes: Buffer): ReadBody<Frame, Value> {
    const marker = bytes.indexOf(this.#marker);
    if (marker === -1) return this.#readWhole(bytes);
    const start = marker + this.#marker.length;
    for (const known of this.#known.values()) {
      const count = sharedValues(known, bytes.subarray(start));
      const read = count === 0 ? undefined : this.#readOn(known, count, bytes, start);
      if (read) return read;
    }
    return this.#readWhole(bytes, start);
  }

  #readWhole(bytes: Buffer, start?: number): ReadBody<Frame, Value> {
    const body = parsed(bytes.toString('utf8'));
    if (body === undefined) throw new ProxyFault('invalid', 'The body of the request is not JSON.');
    const frame = this.#readFrame(body);
    const raw = this.#listOf(body) ?? [];
    if (start === undefined || raw.length === 0) return { frame, values: raw.map(this.#readValue) };
    const known = { name: JSON.stringify(raw[0]), head: NONE, list: NONE, ends: [], tail: undefined };
    return this.#extended({ ...known, frame, values: [] }, frame, raw, bytes, start);
  }

  /** Undefined where the list does not go on behind what is known. */
  #readOn(
    known: Known<Frame, Value>,
    count: number,
    bytes: Buffer,
    start: number,
  ): ReadBody<Frame, Value> | undefined {
    const ends = known.ends.slice(0, count);
    const before = { ...known, ends, values: known.values.slice(0, count) };
    const end = start + (ends.at(-1) ?? 0);
    const raw = newValues(known, bytes, start, end);
    if (raw) return this.#extended(before, known.frame, raw, bytes, start);
    const body = parsed(`${bytes.toString('utf8', 0, start)}"${PLACE}"${bytes.toString('utf8', end)}`);
    const [place, ...others] = this.#listOf(body) ?? [];
    if (place !== PLACE) return undefined;
    return this.#extended(before, this.#readFrame(body), others, bytes, start);
  }

  /**
   * Reads what a list has beyond what is known of it, and remembers all of it for the next body.
   *
   * @param before the end of each of its values is known
   */
  #extended(
    before: Known<Frame, Value>,
    frame: Frame,
    raw: readonly unknown[],
    bytes: Buffer,
    start: number,
  ): ReadBody<Frame, Value> {
    const values = [...before.values, ...raw.map(this.#readValue)];
    if (bytes.length > LONGEST) return { frame, values };
    const used = before.ends.at(-1);
    const ends = [...before.ends, ...endsOf(bytes.subarray(start), used, raw)];
    const end = ends.at(-1);
    if (end !== undefined) {
      const isWhole = ends.length === values.length && bytes[start + end] === CLOSE;
      const head = kept(before.head, bytes.subarray(0, start));
      const list = written(before.list, used ?? 0, bytes.subarray(start + (used ?? 0), start + end));
      const tail = isWhole ? kept(before.tail, bytes.subarray(start + end)) : undefined;
      const known = {
        name: before.name,
        head,
        list,
        ends,
        tail,
        frame,
        values: values.slice(0, ends.length),
      };
      const size = head.length + list.length + (tail?.length ?? 0) + bytes.length;
      this.#known.set(known.name, known, size);
    }
    return { frame, values };
  }

  #listOf(body: unknown): unknown[] | undefined {
    if (typeof body !== 'object' || body === null) return undefined;
    const list: unknown = (body as Readonly<Record<string, unknown>>)[this.#key];
    return Array.isArray(list) ? list : undefined;
  }
}

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param bytes from the first value on */
function sharedValues({ ends, list }: Known<unknown, unknown>, bytes: Buffer): number {
  const areSame = (from: number, to: number): boolean =>
    to <= bytes.length && bytes.compare(list, from, to, from, to) === 0;
  const [first = 0] = ends;
  if (!areSame(0, first)) return 0;
  if (areSame(first, ends.at(-1) ?? 0)) return ends.length;
  return ends.findIndex((to, index) => !areSame(ends[index - 1] ?? 0, to));
}

/** What the list has behind what is known of it, where all that stands around the list is as it was. */
function newValues(
  { head, tail }: Known<unknown, unknown>,
  bytes: Buffer,
  start: number,
  end: number,
): readonly unknown[] | undefined {
  const close = bytes.length - (tail?.length ?? 0);
  if (!tail || close < end || !bytes.subarray(close).equals(tail)) return undefined;
  if (!bytes.subarray(0, start).equals(head)) return undefined;
  const values = parsed(`[{}${bytes.toString('utf8', end, close)}]`);
  return Array.isArray(values) ? values.slice(1) : undefined;
}

const [COMMA, CLOSE] = [','.charCodeAt(0), ']'.charCodeAt(0)];

/**
 * Where values end that stand one after the other: found by writing them again, as nearly every client writes them.
 * One that is written otherwise, and all behind it, are read anew each time.
 *
 * @param bytes from the first value on
 * @param end of the value before
 */
function endsOf(bytes: Buffer, end: number | undefined, values: readonly unknown[]): number[] {
  const ends: number[] = [];
  let at = end;
  for (const value of values) {
    const from = at === undefined ? 0 : at + 1;
    const text = Buffer.from(JSON.stringify(value));
    const to = from + text.length;
    if (!bytes.subarray(from, to).equals(text) || (bytes[to] !== COMMA && bytes[to] !== CLOSE)) break;
    ends.push(to);
    at = to;
  }
  return ends;
}

/** The same buffer with bytes written behind those in use, or one with twice the room. */
function written(buffer: Buffer, used: number, bytes: Buffer): Buffer {
  const length = used + bytes.length;
  const room = length <= buffer.length ? buffer : Buffer.alloc(2 * length);
  if (room !== buffer) buffer.copy(room, 0, 0, used);
  bytes.copy(room, used);
  return room;
}

/** The bytes by themselves, and not as a part of a body; those from before where they are the same. */
function kept(before: Buffer | undefined, bytes: Buffer): Buffer {
  return before?.equals(bytes) ? before : Buffer.from(bytes);
}

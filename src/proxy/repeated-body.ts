import { randomUUID } from 'node:crypto';
import { BoundedMemory } from './bounded-memory.ts';
import { ProxyFault } from './fault.ts';

/** What was read of a body: of the values in its list, and of everything else. */
export interface ReadBody<Frame, Value> {
  readonly frame: Frame;
  /** None where the body has no list. */
  readonly values: readonly Value[];
}

interface Known<Frame, Value> extends ReadBody<Frame, Value> {
  /** One a conversation. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Where the list begins in the bytes. */
  readonly start: number;
  /** Where each value ends, from there. */
  readonly ends: readonly number[];
  /** Where the list ends in the bytes; undefined where not all of its values are known. */
  readonly close: number | undefined;
}

/** Bodies, and bytes and code units of all of them together. */
const MOST = 256;
const LARGEST = 64 * 1024 * 1024;

/** Stands for the values that are known already: nobody else can send it. */
const PLACE = randomUUID();

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
      const count = sharedValues(known, bytes, start);
      if (count === 0) continue;
      const read = this.#readOn(known, count, bytes, start);
      if (read) return read;
    }
    return this.#readWhole(bytes, start);
  }

  #readWhole(bytes: Buffer, start?: number): ReadBody<Frame, Value> {
    const body = parsed(bytes.toString('utf8'));
    if (body === undefined) throw new ProxyFault('invalid', 'The body of the request is not JSON.');
    const frame = this.#readFrame(body);
    const raw = this.#listOf(body) ?? [];
    const read = { frame, values: raw.map(this.#readValue) };
    if (start !== undefined) this.#remember(JSON.stringify(raw[0]), bytes, start, [], raw, read);
    return read;
  }

  /** Undefined where the list does not go on behind what is known. */
  #readOn(
    known: Known<Frame, Value>,
    count: number,
    bytes: Buffer,
    start: number,
  ): ReadBody<Frame, Value> | undefined {
    const ends = known.ends.slice(0, count);
    const end = start + (ends.at(-1) ?? 0);
    let frame = known.frame;
    let raw = parsed(newValues(known, bytes, start, end));
    if (!Array.isArray(raw)) {
      const body = parsed(`${bytes.toString('utf8', 0, start)}"${PLACE}"${bytes.toString('utf8', end)}`);
      raw = this.#listOf(body);
      if (!Array.isArray(raw) || raw[0] !== PLACE) return undefined;
      frame = this.#readFrame(body);
    }
    const others: unknown[] = raw.slice(1);
    const read = { frame, values: [...known.values.slice(0, count), ...others.map(this.#readValue)] };
    this.#remember(known.name, bytes, start, ends, others, read);
    return read;
  }

  #listOf(body: unknown): unknown[] | undefined {
    if (typeof body !== 'object' || body === null) return undefined;
    const list: unknown = (body as Readonly<Record<string, unknown>>)[this.#key];
    return Array.isArray(list) ? list : undefined;
  }

  /** @param raw the values behind those whose ends are known */
  #remember(
    name: string,
    bytes: Buffer,
    start: number,
    known: readonly number[],
    raw: readonly unknown[],
    { frame, values }: ReadBody<Frame, Value>,
  ): void {
    const ends = [...known, ...endsOf(bytes, start, known.at(-1), raw)];
    const end = start + (ends.at(-1) ?? 0);
    if (ends.length === 0) return;
    const close = ends.length === values.length && bytes[end] === CLOSE ? end : undefined;
    const seen = values.slice(0, ends.length);
    this.#known.set(name, { name, bytes, start, ends, close, frame, values: seen }, 2 * bytes.length);
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

function sharedValues(known: Known<unknown, unknown>, bytes: Buffer, start: number): number {
  const { ends } = known;
  const areSame = (from: number, to: number): boolean =>
    sameBytes(bytes, start + from, known.bytes, known.start + from, to - from);
  const [first = 0] = ends;
  if (!areSame(0, first)) return 0;
  if (areSame(first, ends.at(-1) ?? 0)) return ends.length;
  const other = ends.findIndex((to, index) => index > 0 && !areSame(ends[index - 1] ?? 0, to));
  return other === -1 ? ends.length : other;
}

/** A list of one value that says nothing, and the new ones, where all that stands around the list is as it was. */
function newValues(known: Known<unknown, unknown>, bytes: Buffer, start: number, end: number): string {
  if (known.close === undefined || start !== known.start) return '';
  const behind = known.bytes.length - known.close;
  const close = bytes.length - behind;
  if (close < end || !sameBytes(bytes, close, known.bytes, known.close, behind)) return '';
  if (!sameBytes(bytes, 0, known.bytes, 0, start)) return '';
  return `[{}${bytes.toString('utf8', end, close)}]`;
}

const [COMMA, CLOSE] = [','.charCodeAt(0), ']'.charCodeAt(0)];

/**
 * Where values end that stand one after the other: found by writing them again, as nearly every client writes them.
 * One that is written otherwise, and all behind it, are read anew each time.
 *
 * @param end of the value before, from `start`
 */
function endsOf(bytes: Buffer, start: number, end: number | undefined, values: readonly unknown[]): number[] {
  const ends: number[] = [];
  let at = end;
  for (const value of values) {
    const from = at === undefined ? 0 : at + 1;
    const written = Buffer.from(JSON.stringify(value));
    const to = from + written.length;
    const next = bytes[start + to];
    if (!sameBytes(bytes, start + from, written, 0, written.length)) break;
    if (next !== COMMA && next !== CLOSE) break;
    ends.push(to);
    at = to;
  }
  return ends;
}

function sameBytes(a: Buffer, from: number, b: Buffer, start: number, length: number): boolean {
  if (from + length > a.length) return false;
  return a.compare(b, start, start + length, from, from + length) === 0;
}

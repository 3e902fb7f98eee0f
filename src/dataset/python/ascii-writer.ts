import { grown } from '../grown.ts';
import { dumpString } from './dumps.ts';
import { escapeUtf8, WIDEST } from './escape.ts';
import { PythonNumber, pythonFloat } from './value.ts';

/** Bytes that are escaped at once: room for them is made as if all were of the widest kind. */
const AT_ONCE = 1 << 16;

/**
 * Writes plain data as JSON straight into bytes: what `dumps(fromPlain(value))` would give, without a string of the
 * whole on the way, which for a trajectory takes longer to put together than to write.
 */
export class AsciiWriter {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #end = 0;
  /** What comes behind the bytes: many small texts are joined faster than each is written. */
  #rest = '';

  /** What was written; it holds until the next `clear`. */
  get bytes(): Buffer {
    this.#writeRest();
    return this.#bytes.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = 0;
    this.#rest = '';
  }

  /** @param text of ASCII characters alone */
  raw(text: string): void {
    this.#rest += text;
  }

  #writeRest(): void {
    const text = this.#rest;
    if (text === '') return;
    this.#makeRoom(text.length);
    this.#end += this.#bytes.write(text, this.#end, 'latin1');
    this.#rest = '';
  }

  /** @param bytes of ASCII characters alone */
  copy(bytes: Uint8Array): void {
    this.#writeRest();
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** A text. */
  text(text: string): void {
    this.raw(dumpString(text.toWellFormed()));
  }

  /** A text that lies there as UTF-8. */
  utf8(bytes: Buffer): void {
    this.raw('"');
    this.#writeRest();
    for (let from = 0; from < bytes.length; ) {
      const some = bytes.subarray(from, endOfCharacter(bytes, from + AT_ONCE));
      this.#makeRoom(WIDEST * some.length);
      this.#end = escapeUtf8(some, this.#bytes, this.#end);
      from += some.length;
    }
    this.raw('"');
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.text(value);
    else if (value === null || typeof value === 'boolean') this.raw(String(value));
    else if (typeof value === 'number') this.raw(numberText(value));
    else if (value instanceof PythonNumber) this.raw(value.text);
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'object') this.#object(value);
    else this.raw('null');
  }

  #makeRoom(length: number): void {
    const needed = this.#end + length;
    if (needed > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#end, needed);
  }

  #list(items: readonly unknown[]): void {
    this.raw('[');
    for (const [index, item] of items.entries()) {
      if (index > 0) this.raw(', ');
      this.value(item);
    }
    this.raw(']');
  }

  /** Keys without a value are left out. */
  #object(object: object): void {
    let before = '{';
    for (const key of Object.keys(object)) {
      const item: unknown = object[key as never];
      if (item === undefined) continue;
      this.raw(before + keyText(key));
      before = ', ';
      this.value(item);
    }
    this.raw(before === '{' ? '{}' : '}');
  }
}

/** The keys of our own records come again and again; those of anyone's data do not, and are few. */
const KEYS = new Map<string, string>();
const MOST_KEYS = 1_000;

function keyText(key: string): string {
  const known = KEYS.get(key);
  if (known !== undefined) return known;
  const text = `${dumpString(key)}: `;
  if (KEYS.size < MOST_KEYS) KEYS.set(key, text);
  return text;
}

/** The same place, or the next behind which a character begins. */
function endOfCharacter(bytes: Buffer, place: number): number {
  let end = place;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1;
  return end;
}

function numberText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : pythonFloat(value).text;
}

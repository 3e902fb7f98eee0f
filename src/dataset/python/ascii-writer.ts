import { dumpString } from './dumps.ts';
import { PythonNumber, pythonFloat } from './value.ts';

/**
 * Writes plain data as JSON straight into bytes: what `dumps(fromPlain(value))` would give, without a string of the
 * whole on the way, which for a trajectory takes longer to put together than to write.
 */
export class AsciiWriter {
  #bytes = Buffer.allocUnsafeSlow(1 << 16);
  #end = 0;

  /** What was written; it holds until the next `clear`. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }

  clear(): void {
    this.#end = 0;
  }

  /** @param text of ASCII characters alone */
  raw(text: string): void {
    const needed = this.#end + text.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
      this.#bytes.copy(grown, 0, 0, this.#end);
      this.#bytes = grown;
    }
    this.#end += this.#bytes.write(text, this.#end, 'latin1');
  }

  value(value: unknown): void {
    if (typeof value === 'string') this.raw(dumpString(value.toWellFormed()));
    else if (value === null || typeof value === 'boolean') this.raw(String(value));
    else if (typeof value === 'number') this.raw(numberText(value));
    else if (value instanceof PythonNumber) this.raw(value.text);
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'object') this.#object(value);
    else this.raw('null');
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
    for (const [key, item] of Object.entries(object)) {
      if (item === undefined) continue;
      this.raw(`${before}${dumpString(key)}: `);
      before = ', ';
      this.value(item);
    }
    this.raw(before === '{' ? '{}' : '}');
  }
}

function numberText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : pythonFloat(value).text;
}

import { BoundedMemory } from './bounded-memory.ts';
import { sameData } from './same-data.ts';

/** Lists, and code units of all of them together, that one reader remembers. */
const MOST = 256;
const LARGEST = 32 * 1024 * 1024;

interface Known<Value> {
  readonly raw: readonly unknown[];
  readonly values: readonly Value[];
}

/**
 * Reads the messages of a conversation, all of which come again with the next request: what was read of one is used
 * again as long as it is the same.
 */
export class RepeatedList<Value> {
  readonly #read: (raw: unknown) => Value;
  readonly #known = new BoundedMemory<Known<Value>>(MOST, LARGEST);

  /** @param read depends on nothing but what it is given */
  constructor(read: (raw: unknown) => Value) {
    this.#read = read;
  }

  /** @throws whatever `read` throws */
  read(raw: readonly unknown[]): readonly Value[] {
    const name = JSON.stringify(raw[0]);
    const known = this.#known.get(name);
    let count = 0;
    while (known && count < known.raw.length && sameData(known.raw[count], raw[count])) count += 1;
    const values = [...(known?.values.slice(0, count) ?? []), ...raw.slice(count).map(this.#read)];
    this.#known.set(name, { raw, values }, sizeOf(raw));
    return values;
  }
}

/** Code units of the texts in a value. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let size = 0;
  for (const inside of Object.values(value)) size += sizeOf(inside);
  return size;
}

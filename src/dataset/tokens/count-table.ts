import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeAside } from '../write.ts';

/** Words of an entry: 96 bits of the text's SHA-1, each mixed with the count, and the count with one added. */
const ENTRY = 4;
/** Places that are looked at for a text before an older one gives way. */
const PROBES = 4;
/** A million texts, those of some 15,000 trajectories, in 16 MiB. */
const ENTRIES = 1 << 20;

/**
 * Token counts by text, in memory that threads share, kept in a file for the next time. It is as large as it is: where
 * it is full, an older count gives way and is counted again when it is needed.
 *
 * Nobody waits for anybody: the words of a key are mixed with the count, so that an entry which two threads wrote at
 * the same time is no entry of any text (Hyatt and Mann, "A lockless transposition table", 2002).
 */
export class CountTable {
  /** With it another thread makes a table of the same counts. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #mask: number;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(ENTRIES * ENTRY * 4)) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#mask = this.#words.length / ENTRY - 1;
  }

  /** @param path where `save` wrote it; a file that is not there or damaged is begun anew */
  static async open(path: string): Promise<CountTable> {
    const table = new CountTable();
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (bytes.length % (ENTRY * 4) !== 0) return table;
    const words = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    for (let at = 0; at < words.length; at += ENTRY) {
      const mixed = words[at + 3] ?? 0;
      const key = [0, 1, 2].map((word) => (words[at + word] ?? 0) ^ mixed);
      table.set(key, mixed - 1);
    }
    return table;
  }

  get(key: Key): number | undefined {
    const words = this.#words;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = this.#place(key, probe);
      const mixed = words[at + 3] ?? 0;
      if (mixed === 0) return undefined;
      if (
        words[at] === ((key[0] ?? 0) ^ mixed) &&
        words[at + 1] === ((key[1] ?? 0) ^ mixed) &&
        words[at + 2] === ((key[2] ?? 0) ^ mixed)
      ) {
        return mixed - 1;
      }
    }
    return undefined;
  }

  set(key: Key, count: number): void {
    const words = this.#words;
    let probe = 0;
    while (probe < PROBES && words[this.#place(key, probe) + 3] !== 0) probe += 1;
    const at = this.#place(key, probe < PROBES ? probe : (key[1] ?? 0) & (PROBES - 1));
    const mixed = count + 1;
    for (let word = 0; word < 3; word += 1) words[at + word] = (key[word] ?? 0) ^ mixed;
    words[at + 3] = mixed;
  }

  #place(key: Key, probe: number): number {
    return (((key[0] ?? 0) + probe) & this.#mask) * ENTRY;
  }

  /** Counts are only a saving of time: where they can't be kept, they are counted again. */
  async save(path: string): Promise<void> {
    const words = this.#words;
    const kept: Int32Array[] = [];
    for (let at = 0; at < words.length; at += ENTRY) {
      if (words[at + 3] !== 0) kept.push(words.subarray(at, at + ENTRY));
    }
    const bytes = new Int32Array(kept.length * ENTRY);
    for (const [index, entry] of kept.entries()) bytes.set(entry, index * ENTRY);
    await writeAside(path, (file) => file.write(bytes)).catch(() => {});
  }
}

/** What a text is known by. */
export type Key = ArrayLike<number>;

export function keyOf(text: string): Key {
  const digest = hash('sha1', text, 'buffer');
  return [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8)];
}

import { readFile } from 'node:fs/promises';
import { writeAside } from '../write.ts';

/** Bytes of a SHA-1 and of a count. */
const KEY = 20;
const ENTRY = KEY + 4;

/** Token counts by the SHA-1 of the text, kept in a file for the next time. A file that is damaged is begun anew. */
export class CountCache {
  readonly #path: string | undefined;
  readonly #counts: Map<string, number>;
  #changed = false;

  private constructor(path: string | undefined, counts: Map<string, number>) {
    this.#path = path;
    this.#counts = counts;
  }

  /** @param path where the counts of one tokenizer are kept; nowhere where it is left out */
  static async open(path?: string): Promise<CountCache> {
    const bytes = path ? await readFile(path).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
    const counts = new Map<string, number>();
    const whole = bytes.length % ENTRY === 0 ? bytes.length : 0;
    for (let at = 0; at < whole; at += ENTRY) {
      counts.set(bytes.toString('base64', at, at + KEY), bytes.readUInt32LE(at + KEY));
    }
    return new CountCache(path, counts);
  }

  get(key: string): number | undefined {
    return this.#counts.get(key);
  }

  set(key: string, count: number): void {
    this.#counts.set(key, count);
    this.#changed = true;
  }

  /** Counts are only a saving of time: where they can't be kept, they are counted again. */
  async save(): Promise<void> {
    if (!this.#path || !this.#changed) return;
    const bytes = Buffer.alloc(this.#counts.size * ENTRY);
    let at = 0;
    for (const [key, count] of this.#counts) {
      bytes.write(key, at, 'base64');
      bytes.writeUInt32LE(count, at + KEY);
      at += ENTRY;
    }
    await writeAside(this.#path, (file) => file.write(bytes)).catch(() => {});
  }
}

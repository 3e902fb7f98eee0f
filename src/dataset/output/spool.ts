import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Sample } from '../sample.ts';

/** Where a sample lies in the spool. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Samples that wait on the disk to be chosen, so that memory holds only what is known of them. */
export class Spool {
  readonly #path: string;
  readonly #file: FileHandle;
  #end = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async open(path: string): Promise<Spool> {
    return new Spool(path, await open(path, 'wx+', 0o600));
  }

  async add(sample: Sample): Promise<Place> {
    const bytes = Buffer.from(JSON.stringify(sample));
    const place = { offset: this.#end, length: bytes.length };
    this.#end += bytes.length;
    await this.#file.write(bytes, 0, bytes.length, place.offset);
    return place;
  }

  async get({ offset, length }: Place): Promise<Sample> {
    const bytes = Buffer.alloc(length);
    await this.#file.read(bytes, 0, length, offset);
    // Only `add` writes this file.
    return JSON.parse(bytes.toString('utf8')) as Sample;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

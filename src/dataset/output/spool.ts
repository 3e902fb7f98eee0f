import { type FileHandle, open, rm } from 'node:fs/promises';
import { type Sample, sampleLine } from '../sample.ts';

/** Where a sample lies in the spool. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/**
 * Samples that wait on the disk to be chosen, so that memory holds only what is known of them. They wait as the lines
 * of JSON that they become.
 */
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
    const bytes = Buffer.from(sampleLine(sample), 'latin1'); // the line is ASCII
    const place = { offset: this.#end, length: bytes.length };
    this.#end += bytes.length;
    await this.#file.write(bytes, 0, bytes.length, place.offset);
    return place;
  }

  /** The line, without its newline. */
  async get({ offset, length }: Place): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.#file.read(bytes, 0, length, offset);
    return bytes;
  }

  async close(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

/** The sample that a line of the spool tells. */
export function fromLine(line: Buffer): Sample {
  // Only `add` writes these lines; they are ASCII.
  return JSON.parse(line.toString('latin1')) as Sample;
}

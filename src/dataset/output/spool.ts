import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { type Sample, sampleBytes } from '../sample.ts';

/** Where a sample lies: which spool, and its bytes there. */
export interface Place {
  readonly spool: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * Samples that wait on the disk to be chosen, so that memory holds only what is known of them. They wait as the lines
 * of JSON that they become. Each thread writes a spool of its own: a sample is never sent from thread to thread.
 */
export class Spool {
  readonly #number: number;
  readonly #file: number;
  #end = 0;

  /** @param path of a file that is not there yet */
  constructor(path: string, number: number) {
    this.#number = number;
    this.#file = openSync(path, 'wx', 0o600);
  }

  add(sample: Sample): Place {
    const bytes = sampleBytes(sample);
    const place = { spool: this.#number, offset: this.#end, length: bytes.length };
    writeAll(this.#file, bytes, place.offset);
    this.#end += bytes.length;
    return place;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads what the spools of every thread hold. */
export class SpoolReader {
  readonly #folder: string;
  readonly #files = new Map<number, number>();
  #room = Buffer.alloc(0);

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The line, with its newline; the bytes hold until the next one is read. */
  get({ spool, offset, length }: Place): Buffer {
    const file = this.#files.get(spool) ?? openSync(spoolPath(this.#folder, spool), 'r');
    this.#files.set(spool, file);
    if (this.#room.length < length) this.#room = Buffer.allocUnsafeSlow(2 * length);
    const bytes = this.#room.subarray(0, length);
    for (let read = 0; read < length; ) {
      const count = readSync(file, bytes, read, length - read, offset + read);
      if (count === 0) throw new Error(`the spool ${spool} of ${this.#folder} is cut`);
      read += count;
    }
    return bytes;
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
  }
}

/** Where the spool of a thread lies in the folder of a set that is being made. */
export function spoolPath(folder: string, number: number): string {
  return `${folder}/.spool-${number}`;
}

/** The sample that a line of the spool tells. */
export function fromLine(line: Buffer): Sample {
  // Only `add` writes these lines; they are ASCII.
  return JSON.parse(line.toString('latin1')) as Sample;
}

/** A full disk may take a part only, and says so at the next write. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

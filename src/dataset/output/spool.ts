import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Sample } from '../sample.ts';
import { type Packed, Packer, unpack } from './packed.ts';

/** Where a sample lies: which spool, and its bytes there. */
export interface Place {
  readonly spool: number;
  readonly offset: number;
  readonly length: number;
}

/**
 * Samples that wait on the disk to be chosen, so that memory holds only what is known of them. Each thread writes a
 * spool of its own: a sample is never sent from thread to thread.
 */
export class Spool {
  readonly #number: number;
  readonly #file: number;
  readonly #packer = new Packer();
  #end = 0;

  /** @param path of a file that is not there yet */
  constructor(path: string, number: number) {
    this.#number = number;
    this.#file = openSync(path, 'wx', 0o600);
  }

  add(sample: Sample): Place {
    const bytes = this.#packer.pack(sample);
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

  /** The samples of some places; their bytes hold until the next ones are read. */
  read(places: readonly Place[]): Packed[] {
    const size = places.reduce((sum, { length }) => sum + length, 0);
    if (this.#room.length < size) this.#room = Buffer.allocUnsafeSlow(2 * size);
    let from = 0;
    return places.map((place) => {
      const bytes = this.#room.subarray(from, from + place.length);
      from += place.length;
      this.#fill(bytes, place);
      return unpack(bytes);
    });
  }

  #fill(bytes: Buffer, { spool, offset, length }: Place): void {
    const file = this.#files.get(spool) ?? openSync(spoolPath(this.#folder, spool), 'r');
    this.#files.set(spool, file);
    for (let read = 0; read < length; ) {
      const count = readSync(file, bytes, read, length - read, offset + read);
      if (count === 0) throw new Error(`the spool ${spool} of ${this.#folder} is cut`);
      read += count;
    }
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
  }
}

/** Where the spool of a thread lies in the folder of a set that is being made. */
export function spoolPath(folder: string, number: number): string {
  return `${folder}/.spool-${number}`;
}

/** A full disk may take a part only, and says so at the next write. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sample } from '../sample.ts';
import { type Packed, Packer, unpack } from './packed.ts';

/** Where a sample lies: which spool, and its bytes there. */
export interface Place {
  readonly spool: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Samples that wait on the disk to be chosen, so that memory holds only what is known of them. Each thread writes
 * spools of its own: a sample is never sent from thread to thread. It has one for every stretch of the set, so that
 * its room can be given back as soon as that stretch is written.
 */
export class SpoolWriter {
  readonly #folder: string;
  readonly #thread: number;
  readonly #packer = new Packer();
  readonly #spools = new Map<string, { readonly file: number; end: number }>();

  /**
   * @param folder that the set is made in; the one for spools is there
   * @param thread tells the spools of several threads apart
   */
  constructor(folder: string, thread: number) {
    this.#folder = folder;
    this.#thread = thread;
  }

  /** @param stretch of the set in which the sample would stand */
  add(sample: Sample, stretch: string): Place {
    const name = `${stretch}-${this.#thread}`;
    const spool = this.#spools.get(name) ?? {
      file: openSync(pathOf(this.#folder, name), 'wx', 0o600),
      end: 0,
    };
    this.#spools.set(name, spool);
    const bytes = this.#packer.pack(sample);
    const place = { spool: name, offset: spool.end, length: bytes.length };
    writeAll(spool.file, bytes, place.offset);
    spool.end += bytes.length;
    return place;
  }

  close(): void {
    for (const { file } of this.#spools.values()) closeSync(file);
  }
}

/** Reads what the spools of every thread hold. */
export class SpoolReader {
  readonly #folder: string;
  readonly #files = new Map<string, number>();
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
    const file = this.#files.get(spool) ?? openSync(pathOf(this.#folder, spool), 'r');
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

/** Where the spools lie in the folder of a set that is being made. */
export function spoolsIn(folder: string): string {
  return join(folder, '.spools');
}

/** Gives back the room of a spool, whoever has it open. */
export async function emptySpool(folder: string, spool: string): Promise<void> {
  await truncate(pathOf(folder, spool));
}

function pathOf(folder: string, spool: string): string {
  return join(spoolsIn(folder), spool);
}

/** A full disk may take a part only, and says so at the next write. */
export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

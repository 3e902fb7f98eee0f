import { closeSync, openSync } from 'node:fs';
import { AsciiWriter } from '../python/ascii-writer.ts';
import type { Format } from '../sample.ts';
import { toRow, writeLine } from './packed.ts';
import { ParquetFile } from './parquet.ts';
import { type Place, type SpoolReader, writeAll } from './spool.ts';

/** Samples of a row group: few enough for little memory, enough for a good compression. */
const GROUP = 40;
/** Bytes of samples that end a row group before that. */
const GROUP_BYTES = 32 << 20;

/** Samples that become a file, or with `jsonl` a piece of one. */
export type SampleFile =
  | { readonly kind: 'jsonl'; readonly places: readonly Place[]; readonly path: string }
  | {
      readonly kind: 'parquet';
      readonly places: readonly Place[];
      readonly path: string;
      readonly format: Format;
    };

/** Bytes of lines that are written at once. */
const LINES = 1 << 16;

/**
 * Writes what the spools hold, in any thread; it is not seen onto the disk.
 *
 * @param from the byte of the file at which they begin; at 0 the file is not there yet
 * @returns the byte at which they end
 */
export function writeSamples(file: SampleFile, from: number, spools: SpoolReader): number {
  return file.kind === 'jsonl'
    ? writeJsonl(file.path, from, file.places, spools)
    : writeParquet(file.path, file.places, spools, file.format);
}

function writeJsonl(path: string, from: number, places: readonly Place[], spools: SpoolReader): number {
  const file = openSync(path, from === 0 ? 'wx' : 'r+');
  const writer = new AsciiWriter();
  let end = from;
  const flush = () => {
    writeAll(file, writer.bytes, end);
    end += writer.bytes.length;
    writer.clear();
  };
  try {
    for (const place of places) {
      for (const packed of spools.read([place])) writeLine(writer, packed);
      if (writer.bytes.length >= LINES) flush();
    }
    flush();
    return end;
  } finally {
    closeSync(file);
  }
}

function writeParquet(path: string, places: readonly Place[], spools: SpoolReader, format: Format): number {
  const file = new ParquetFile(path, format);
  try {
    for (const group of groupsOf(places)) file.write(spools.read(group).map(toRow));
    return file.finish();
  } finally {
    file.close();
  }
}

function* groupsOf(places: readonly Place[]): Generator<Place[]> {
  let group: Place[] = [];
  let size = 0;
  for (const place of places) {
    group.push(place);
    size += place.length;
    if (group.length < GROUP && size < GROUP_BYTES) continue;
    yield group;
    group = [];
    size = 0;
  }
  if (group.length > 0) yield group;
}

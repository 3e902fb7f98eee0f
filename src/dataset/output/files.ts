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

/** Samples that become one file, which is not there yet. */
export type SampleFile =
  | { readonly kind: 'jsonl'; readonly places: readonly Place[]; readonly path: string }
  | {
      readonly kind: 'parquet';
      readonly places: readonly Place[];
      readonly path: string;
      readonly format: Format;
    };

/** Writes a file of what the spools hold, in any thread; it is not seen onto the disk. */
export function writeSamples(file: SampleFile, spools: SpoolReader): void {
  if (file.kind === 'jsonl') writeJsonl(file.path, file.places, spools);
  else writeParquet(file.path, file.places, spools, file.format);
}

function writeJsonl(path: string, places: readonly Place[], spools: SpoolReader): void {
  const file = openSync(path, 'wx');
  const writer = new AsciiWriter();
  try {
    let position = 0;
    for (const place of places) {
      writer.clear();
      for (const packed of spools.read([place])) writeLine(writer, packed);
      writeAll(file, writer.bytes, position);
      position += writer.bytes.length;
    }
  } finally {
    closeSync(file);
  }
}

function writeParquet(path: string, places: readonly Place[], spools: SpoolReader, format: Format): void {
  const file = new ParquetFile(path, format);
  try {
    for (const group of groupsOf(places)) file.write(spools.read(group).map(toRow));
    file.finish();
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

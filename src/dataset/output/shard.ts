import { closeSync, openSync } from 'node:fs';
import type { Format } from '../sample.ts';
import { ParquetShard } from './parquet.ts';
import { fromLine, type Place, SpoolReader, writeAll } from './spool.ts';

/** Samples that become one Parquet file and one stretch of the split's JSONL. */
export interface Shard {
  readonly places: readonly Place[];
  readonly parquet: string;
  readonly format: Format;
  /** A file that is there, and where the shard begins in it. */
  readonly jsonl: string;
  readonly offset: number;
}

/** Writes a shard from what the spools in a folder hold, in any thread. */
export function writeShard({ places, parquet, format, jsonl, offset }: Shard, folder: string): void {
  const spools = new SpoolReader(folder);
  const lines = openSync(jsonl, 'r+');
  const rows = new ParquetShard(parquet, format);
  try {
    let position = offset;
    for (const place of places) {
      const line = spools.get(place);
      writeAll(lines, line, position);
      position += line.length;
      rows.add(fromLine(line), line.length);
    }
    rows.finish();
  } finally {
    rows.close();
    closeSync(lines);
    spools.close();
  }
}

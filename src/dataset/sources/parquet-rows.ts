import { type FileHandle, open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import type { FileRow } from './files.ts';
import type { Meter } from './source.ts';

/**
 * Bytes, unpacked, that are read at once, unless their row group is smaller: reading any rows of a group unpacks the
 * whole of it, so that small batches cost time and large ones memory.
 */
const BATCH = 128 * 1024 * 1024;

const compressors: Compressors = {
  ZSTD: (bytes) => zstdDecompressSync(bytes),
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
};

/**
 * The rows of a Parquet file, some at a time; whole numbers as JavaScript's own where they fit. Rows that lie in
 * damaged bytes are named, and the rest goes on.
 *
 * @throws Error the file is no Parquet file, or damaged where it says what is in it
 */
export async function* parquetRows(path: string, meter?: Meter): AsyncGenerator<FileRow> {
  const handle = await open(path);
  try {
    const file = await asBuffer(handle);
    const metadata = await readMetadata(file);
    const width = file.byteLength / Math.max(1, Number(metadata.num_rows));
    for (const { start, end } of batchesOf(metadata)) {
      const rows = await parquetReadObjects({
        file,
        metadata,
        compressors,
        rowStart: start,
        rowEnd: end,
      }).catch((error: Error) => error);
      if (meter) meter.done += (end - start) * width;
      for (let row = start; row < end; row += 1) {
        const number = row + 1;
        if (rows instanceof Error) yield { number, error: `damaged: ${rows.message}` };
        else yield { number, value: plain(rows[row - start]) };
      }
    }
  } finally {
    await handle.close();
  }
}

async function readMetadata(file: AsyncBuffer): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file);
  } catch {
    throw new Error('not a Parquet file, or its end is missing');
  }
}

/** Never across two row groups, so that damage in one costs nothing of its neighbour. */
function* batchesOf({ row_groups }: FileMetaData): Generator<{ start: number; end: number }> {
  let first = 0;
  for (const { num_rows, total_byte_size } of row_groups) {
    const rows = Number(num_rows);
    const after = first + rows;
    const parts = Math.max(1, Math.ceil(Number(total_byte_size) / BATCH));
    const batch = Math.max(1, Math.ceil(rows / parts));
    for (let start = first; start < after; start += batch) {
      yield { start, end: Math.min(start + batch, after) };
    }
    first = after;
  }
}

/** Parquet's whole numbers are 64 bits wide; those of a row are counts, which fit. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

async function asBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, end - start));
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

/** One row of a file with its number, from 1; `error` where the row could not be read. */
export type FileRow =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: string };

/** The lines of a JSONL file, one at a time; blank ones are passed over. */
export async function* jsonlRows(path: string): AsyncGenerator<FileRow> {
  const lines = createInterface({
    input: createReadStream(path, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') yield jsonRow(line, number);
  }
}

function jsonRow(line: string, number: number): FileRow {
  try {
    return { number, value: JSON.parse(line) as unknown };
  } catch {
    return { number, error: 'not JSON' };
  }
}

/** Rows that are read from a Parquet file at once. */
const BATCH = 64;

const compressors: Compressors = {
  ZSTD: (bytes) => zstdDecompressSync(bytes),
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
};

/** The rows of a Parquet file, some at a time. A damaged batch costs the rest of the file, and says so. */
export async function* parquetRows(path: string): AsyncGenerator<FileRow> {
  const handle = await open(path);
  try {
    const file = await asBuffer(handle);
    const metadata = await parquetMetadataAsync(file);
    const total = Number(metadata.num_rows);
    for (let start = 0; start < total; start += BATCH) {
      const end = Math.min(start + BATCH, total);
      const rows = await parquetReadObjects({ file, metadata, compressors, rowStart: start, rowEnd: end });
      for (const [index, value] of rows.entries()) yield { number: start + index + 1, value };
    }
  } finally {
    await handle.close();
  }
}

async function asBuffer(handle: Awaited<ReturnType<typeof open>>): Promise<AsyncBuffer> {
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

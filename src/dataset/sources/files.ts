import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { type AsyncBuffer, type Compressors, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

/** One row of a file with its number, from 1; `error` where the row could not be read. */
export type FileRow =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: string };

/** Bytes of a file that are read at once. */
const CHUNK = 1 << 20;
const NEWLINE = 10;

/** The lines of a JSONL file, one at a time; blank ones are passed over. */
export async function* jsonlRows(path: string): AsyncGenerator<FileRow> {
  let number = 0;
  for await (const line of lines(path)) {
    number += 1;
    if (line.trim() !== '') yield jsonRow(line, number);
  }
}

/** Lines end with `\n` alone: Node's own reader would also cut at U+2028, which may stand inside a JSON string. */
async function* lines(path: string): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      yield (begun.length > 0 ? Buffer.concat([...begun, rest]) : rest).toString();
      begun = [];
      start = end + 1;
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun).toString();
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

import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pipeline, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Meter } from './source.ts';

/** One row of a file with its number, from 1; `error` where the row could not be read. */
export type FileRow =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly error: string };

/** Bytes of a file that are read at once. */
const CHUNK = 1 << 20;
const NEWLINE = 10;
const BYTE_ORDER_MARK = '\ufeff';

/** The lines of a JSONL file, plain, `.gz` or `.zst`, one at a time; blank ones are passed over. */
export function jsonlRows(path: string, meter?: Meter): AsyncGenerator<FileRow> {
  return rowsIn(bytesOf(path, meter));
}

/** The bytes of a file, unpacked; a chunk holds until the next one is asked for. */
export async function* bytesOf(path: string, meter?: Meter): AsyncGenerator<Buffer> {
  const unpack = UNPACKERS.get(extname(path));
  if (!unpack) return yield* plainBytes(path, meter);
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const before = meter?.done ?? 0;
  // What breaks on the way is thrown where the last stream is read.
  for await (const chunk of pipeline(file, unpack(), () => {}) as AsyncIterable<Buffer>) {
    if (meter) meter.done = before + file.bytesRead;
    yield chunk;
  }
}

const UNPACKERS: ReadonlyMap<string, () => Transform> = new Map([
  ['.gz', () => createGunzip()],
  ['.zst', () => createZstdDecompress()],
]);

/** All chunks lie in one place: memory that is thrown away outside V8's heap makes it collect garbage all the time. */
async function* plainBytes(path: string, meter?: Meter): AsyncGenerator<Buffer> {
  const file = await open(path);
  const chunk = Buffer.allocUnsafeSlow(CHUNK);
  try {
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK);
      if (bytesRead === 0) return;
      if (meter) meter.done += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** @param first number of the first line */
export async function* rowsIn(
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
  first = 1,
): AsyncGenerator<FileRow> {
  let number = first;
  for await (const line of lines(bytes)) {
    const text = number === 1 && line.startsWith(BYTE_ORDER_MARK) ? line.slice(1) : line;
    if (text.trim() !== '') yield jsonRow(text, number);
    number += 1;
  }
}

/** Lines end with `\n` alone: Node's own reader would also cut at U+2028, which may stand inside a JSON string. */
async function* lines(bytes: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end);
      yield (begun.length > 0 ? Buffer.concat([...begun, rest]) : rest).toString();
      begun = [];
      start = end + 1;
    }
    if (start < chunk.length) begun.push(Buffer.from(chunk.subarray(start)));
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

/** The rows of a `.json` file: one list of rows, one row, or in truth lines of JSON. Held in memory as a whole. */
export async function* jsonRows(path: string, meter?: Meter): AsyncGenerator<FileRow> {
  const text = (await readFile(path, 'utf8')).replace(BYTE_ORDER_MARK, '');
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    yield* jsonlRows(path, meter);
    return;
  }
  const rows: readonly unknown[] = Array.isArray(whole) ? whole : [whole];
  for (const [index, value] of rows.entries()) yield { number: index + 1, value };
}

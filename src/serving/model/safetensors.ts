import { open } from 'node:fs/promises';
import { z } from 'zod';

/** A header larger than this is no header: the largest models stay under ten megabytes. */
const HEADER_LIMIT = 100_000_000;

const header = z.record(z.string(), z.unknown());

/**
 * The names of a safetensors file's tensors: eight bytes with the length of the header, then the header as JSON
 * (https://github.com/huggingface/safetensors#format).
 *
 * @returns undefined where the file is no safetensors file
 */
export async function tensorNames(path: string): Promise<string[] | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const length = Number((await read(file, 8, 0)).readBigUInt64LE());
    if (length > Math.min(size - 8, HEADER_LIMIT)) return undefined;
    const names = header.parse(JSON.parse((await read(file, length, 8)).toString('utf8')));
    return Object.keys(names).filter((name) => name !== '__metadata__');
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

async function read(
  file: Awaited<ReturnType<typeof open>>,
  length: number,
  position: number,
): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('shorter than it says');
  return buffer;
}

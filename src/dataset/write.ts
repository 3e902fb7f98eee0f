import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatasetWriteError } from './errors.ts';

/** Characters that are gathered before they are written. */
const BATCH = 1 << 20;

/**
 * Writes lines as they come, aside, and puts the file in place when it is whole and on the disk.
 *
 * @param lines without their line ends
 * @returns lines written
 * @throws DatasetWriteError the folder or the disk does not take it; whatever `lines` throws
 */
export async function writeLines(path: string, lines: AsyncIterable<string>): Promise<number> {
  return writeAside(path, async (file) => {
    let written = 0;
    let batch = '';
    for await (const line of lines) {
      batch += `${line}\n`;
      written += 1;
      if (batch.length < BATCH) continue;
      await file.write(batch);
      batch = '';
    }
    if (batch) await file.write(batch);
    return written;
  });
}

/** Writes a text, aside, and puts the file in place. */
export async function writeText(path: string, text: string): Promise<void> {
  await writeAside(path, (file) => file.write(text));
}

/**
 * Lets `fill` write a file that takes its place only when it is whole; a reader sees the old one or the new.
 *
 * @throws DatasetWriteError the folder or the disk does not take it; whatever `fill` throws
 */
export async function writeAside<T>(path: string, fill: (file: FileHandle) => Promise<T>): Promise<T> {
  const aside = `${path}.${randomUUID().slice(0, 8)}.part`;
  try {
    await makeFolder(dirname(path));
    const file = await open(aside, 'wx');
    try {
      const result = await fill(file);
      await file.sync();
      await file.close();
      await rename(aside, path);
      return result;
    } finally {
      await file.close().catch(() => {});
      await rm(aside, { force: true });
    }
  } catch (error) {
    throw asWriteError(path, error);
  }
}

/**
 * Makes a folder and those above it. Node's own way goes round for ever where the system says of a folder's place that
 * it is not there, as `/proc` does.
 */
export async function makeFolder(path: string): Promise<void> {
  if (existsSync(path)) return;
  await makeFolder(dirname(path));
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // another process was quicker
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOENT: 'a folder of the path cannot be made',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a part of the path is a file',
};

/** Turns what the file system says into one line for people; anything else stays as it is. */
export function asWriteError(path: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code];
  return reason ? new DatasetWriteError(`cannot write ${path}: ${reason}`) : error;
}

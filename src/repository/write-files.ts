import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { RepositoryError } from './errors.ts';
import { listTree, readBlobs, type TreeEntry } from './objects.ts';
import type { Source } from './source.ts';

/**
 * Writes the files of a commit below an empty folder, as they are stored: a checkout would apply the repository's own
 * attributes and filters. Links are made, never followed; submodules become empty folders.
 *
 * @throws RepositoryError an object is missing, or a path leads out of the folder
 */
export async function writeFiles(
  { directory, location }: Source,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const entries = await listTree(directory, commit, signal);
  for (const { bytes, path } of entries) if (!isSafe(bytes)) throw refused(location, path);
  // All folders come first, so that no file is written through a link that stands in the place of one.
  for (const path of foldersOf(entries)) await mkdir(below(folder, path), { recursive: true, mode: 0o755 });
  const blobs = entries.filter(({ mode }) => mode !== '160000');
  const hashes = blobs.map(({ hash }) => hash);
  const contents = readBlobs(directory, hashes, signal);
  for (const { bytes, path, mode, hash } of blobs) {
    const { value } = await contents.next();
    if (!value)
      throw new RepositoryError(`${location} lacks the object ${hash} (${path}): fetch it, or clone in full`);
    await writeEntry(below(folder, bytes), mode, value);
  }
  await contents.return(undefined);
}

/** Git itself takes no such path from a repository; a hostile one may still hold it. */
function isSafe(path: Buffer): boolean {
  return path
    .toString('latin1')
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git');
}

function refused(location: string, path: string): RepositoryError {
  return new RepositoryError(
    `${location} holds the path ${JSON.stringify(path)}, which leads out of its folder`,
  );
}

function foldersOf(entries: readonly TreeEntry[]): Buffer[] {
  const names = entries.map(({ bytes, mode }) => {
    const path = bytes.toString('latin1');
    return mode === '160000' ? path : path.slice(0, Math.max(0, path.lastIndexOf('/')));
  });
  return [...new Set(names)].filter(Boolean).map((name) => Buffer.from(name, 'latin1'));
}

function below(folder: string, path: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), path]);
}

async function writeEntry(path: Buffer, mode: string, content: Buffer): Promise<void> {
  if (mode === '120000') return symlink(content, path);
  await writeFile(path, content, { flag: 'wx', mode: 0o644 });
  if (mode === '100755') await chmod(path, 0o755);
}

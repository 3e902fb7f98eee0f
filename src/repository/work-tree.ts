import { createHash } from 'node:crypto';
import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit, readGit, readGitBytes, settings } from './git.ts';

/** Files whose times differ from what the index knows and that are read to see whether their content does. */
const MOST_READ = 500;

/**
 * What a user may not expect: work that is not committed is not part of a commit. Nothing is written, the index not
 * refreshed, and no filter of the repository's configuration runs.
 *
 * @returns no line or one
 */
export async function describeWorkTree(directory: string, signal?: AbortSignal): Promise<string[]> {
  const inside = await readGit(directory, ['rev-parse', '--is-inside-work-tree'], signal);
  if (inside !== 'true') return [];
  const changed = (await isStaged(directory, signal)) || (await isEdited(directory, signal));
  return changed ? [`${directory} has changes that are not committed: HEAD is used without them`] : [];
}

async function isStaged(directory: string, signal?: AbortSignal): Promise<boolean> {
  const words = ['diff-index', '--cached', '--name-only', '--ignore-submodules', 'HEAD', '--'];
  return (await readGit(directory, words, signal)) !== '';
}

async function isEdited(directory: string, signal?: AbortSignal): Promise<boolean> {
  const words = ['diff-files', '--raw', '-z', '--no-renames', '--ignore-submodules', '--abbrev=64'];
  const output = await readGitBytes(
    directory,
    [...(await withoutFilters(directory, signal)), ...words],
    signal,
  );
  const fields = output.toString('utf8').split('\0');
  if (fields.length > 2 * MOST_READ) return true;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = '', newMode = '', hash = ''] = fields[at]?.slice(1).split(' ') ?? [];
    const mode = newMode === '000000' || newMode === oldMode ? newMode : 'changed';
    if (!(await isSame(join(directory, fields[at + 1] ?? ''), mode, hash))) return true;
  }
  return false;
}

/** Git takes a file for changed when its times are, as after copying a folder; the content decides. */
async function isSame(path: string, mode: string, hash: string): Promise<boolean> {
  if (mode !== '100644' && mode !== '100755' && mode !== '120000') return false;
  try {
    const link = (await lstat(path)).isSymbolicLink();
    const content = link ? Buffer.from(await readlink(path)) : await readFile(path);
    const digest = createHash(hash.length === 64 ? 'sha256' : 'sha1');
    return digest.update(`blob ${content.length}\0`).update(content).digest('hex') === hash;
  } catch {
    return false;
  }
}

/** Switches off the programs that the repository's configuration names as filters. */
async function withoutFilters(directory: string, signal?: AbortSignal): Promise<string[]> {
  const words = ['config', '--name-only', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'];
  const names = (await askGit(directory, words, signal)) ?? '';
  return names
    .split('\n')
    .filter(Boolean)
    .flatMap((name) => settings({ [name]: name.endsWith('.required') ? 'false' : '' }));
}

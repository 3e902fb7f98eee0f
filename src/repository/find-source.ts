import { realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cloneOf, isUrl } from './clone.ts';
import type { CommitChoice } from './commits.ts';
import { RepositoryError, UnknownRepositoryError } from './errors.ts';
import { GitFailure, readGit } from './git.ts';
import { headOf, isShallow } from './history.ts';
import { borrowObjects } from './reader.ts';
import { takeSnapshot } from './snapshot.ts';
import type { Source } from './source.ts';
import { describeWorkTree } from './work-tree.ts';

/**
 * Finds what a user means: a folder first, then a URL, then `owner/name` on GitHub.
 *
 * @throws UnknownRepositoryError it is none of these
 */
export async function findSource(
  spec: string,
  cache: string,
  choice: CommitChoice,
  signal?: AbortSignal,
): Promise<Source> {
  const found = await stat(spec).catch(() => undefined);
  if (found?.isDirectory()) return fromFolder(await realpath(spec), cache, signal);
  if (found) throw new UnknownRepositoryError(`${spec} is a file: name the folder of a repository`);
  if (isUrl(spec)) return cloneOf(spec, cache, choice, signal);
  if (/^[\w-]+\/[\w.-]+$/.test(spec))
    return cloneOf(`https://github.com/${spec.replace(/\.git$/, '')}.git`, cache, choice, signal);
  throw new UnknownRepositoryError(`${spec} is no folder, no git URL and no owner/name`);
}

async function fromFolder(folder: string, cache: string, signal?: AbortSignal): Promise<Source> {
  const place = await findRepository(folder, signal);
  if (!place) return fromPlainFolder(folder, cache, signal);
  const { directory, prefix } = place;
  const head = await headOf(directory, signal);
  if (!head) throw new RepositoryError(`${folder} has no commit yet: commit something first`);
  if (prefix !== '' && (await isUntracked(directory, head, prefix, signal)))
    return fromPlainFolder(folder, cache, signal);
  return {
    name: basename(directory).replace(/\.git$/, '') || 'repository',
    location: folder,
    directory: await borrowObjects(directory, cache, signal),
    names: directory,
    prefix,
    head,
    shallow: await isShallow(directory, signal),
    notes: [
      ...(prefix === ''
        ? []
        : [`${folder} is part of the repository ${directory}: functions of this folder`]),
      ...(await describeWorkTree(directory, signal)),
    ],
  };
}

/** The top folder of the repository that a folder belongs to, and the way down from there. */
async function findRepository(
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly directory: string; readonly prefix: string } | undefined> {
  const text = await readGit(folder, ['rev-parse', '--show-prefix'], signal).catch((error: unknown) => {
    if (error instanceof GitFailure && error.message.includes('not a git repository')) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const up = text.split('/').filter(Boolean).fill('..');
  return { directory: join(folder, ...up), prefix: text };
}

async function isUntracked(
  directory: string,
  head: string,
  prefix: string,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await readGit(directory, ['ls-tree', '--name-only', head, '--', prefix], signal)) === '';
}

async function fromPlainFolder(folder: string, cache: string, signal?: AbortSignal): Promise<Source> {
  const { directory, head, notes } = await takeSnapshot(folder, cache, signal);
  return {
    name: basename(folder) || 'folder',
    location: folder,
    directory,
    names: directory,
    prefix: '',
    head,
    shallow: false,
    notes: [`${folder} is not a git repository: a snapshot of it is used`, ...notes],
  };
}

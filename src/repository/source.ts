import { existsSync } from 'node:fs';
import { mkdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { RepositoryError, UnknownRepositoryError } from './errors.ts';
import { fetchGit, readGit, withoutCredentials } from './git.ts';
import { shortHash } from './hash.ts';
import { takeSnapshot } from './snapshot.ts';

/** Where a repository's objects are, and what a person calls it. */
export interface Source {
  readonly name: string;
  /** An absolute path, or a URL without credentials. */
  readonly location: string;
  /** The folder that git is run in. */
  readonly directory: string;
  /** Only files below this path are looked for functions; empty for all, else it ends in `/`. */
  readonly prefix: string;
  /** The commit that stands for the present. */
  readonly head: string;
  readonly notes: readonly string[];
}

/**
 * Finds what a user means: a folder first, then a URL, then `owner/name` on GitHub.
 *
 * @throws UnknownRepositoryError it is none of these
 */
export async function findSource(spec: string, cache: string, signal?: AbortSignal): Promise<Source> {
  const found = await stat(spec).catch(() => undefined);
  if (found?.isDirectory()) return fromFolder(await realpath(spec), cache, signal);
  if (found) throw new UnknownRepositoryError(`${spec} is a file: name the folder of a repository`);
  if (/^(?:\w+:\/\/|[\w.-]+@[\w.-]+:)/.test(spec)) return fromUrl(spec, cache, signal);
  if (/^[\w-]+\/[\w.-]+$/.test(spec))
    return fromUrl(`https://github.com/${spec.replace(/\.git$/, '')}.git`, cache, signal);
  throw new UnknownRepositoryError(`${spec} is no folder, no git URL and no owner/name`);
}

async function fromFolder(folder: string, cache: string, signal?: AbortSignal): Promise<Source> {
  const top = await readGit(folder, ['rev-parse', '--show-prefix', '--is-bare-repository'], signal).catch(
    () => undefined,
  );
  if (top === undefined) return fromPlainFolder(folder, cache, signal);
  const [prefix = ''] = top.split('\n');
  const directory =
    prefix === ''
      ? folder
      : resolve(
          folder,
          ...prefix
            .split('/')
            .filter(Boolean)
            .map(() => '..'),
        );
  const head = await readGit(directory, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], signal).catch(
    () => {
      throw new RepositoryError(`${folder} has no commit yet: commit something first`);
    },
  );
  return {
    name: nameOf(directory),
    location: folder,
    directory,
    prefix,
    head,
    notes: await describeState(directory, signal),
  };
}

function nameOf(directory: string): string {
  return basename(directory).replace(/\.git$/, '') || 'repository';
}

/**
 * What a user may not expect: work that is not committed is not part of a commit. Plumbing alone, which compares what
 * the index knows and never a file's content, so that no filter of the repository's configuration runs.
 */
async function describeState(directory: string, signal?: AbortSignal): Promise<string[]> {
  const look = (...words: string[]) => readGit(directory, words, signal).catch(() => '');
  const changed = [
    await look('diff-files', '--name-only', '--ignore-submodules'),
    await look('diff-index', '--cached', '--name-only', '--ignore-submodules', 'HEAD'),
  ];
  const shallow = await look('rev-parse', '--is-shallow-repository');
  return [
    ...(changed.some(Boolean)
      ? [`${directory} has changes that are not committed: HEAD is used without them`]
      : []),
    ...(shallow === 'true' ? [`${directory} is a shallow clone: older commits are not there`] : []),
  ];
}

async function fromPlainFolder(folder: string, cache: string, signal?: AbortSignal): Promise<Source> {
  const snapshot = await takeSnapshot(folder, cache, signal);
  const notes = [`${folder} is not a git repository: a snapshot of it is used`];
  return { name: basename(folder) || 'folder', location: folder, prefix: '', ...snapshot, notes };
}

async function fromUrl(url: string, cache: string, signal?: AbortSignal): Promise<Source> {
  const location = withoutCredentials(url);
  const name = location
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split(/[/:]/)
    .slice(-2)
    .join('/');
  const directory = join(cache, 'clones', `${name.replace(/[^\w.-]+/g, '-')}-${shortHash(location)}.git`);
  if (existsSync(directory)) await update(url, directory, signal);
  else await clone(url, directory, signal);
  const head = await readGit(directory, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], signal).catch(
    () => {
      throw new RepositoryError(`${location} has no commit`);
    },
  );
  return { name, location, directory, prefix: '', head, notes: [] };
}

/** Cloned aside and renamed: a clone that was cut off, or one that another process makes now, is never taken for whole. */
async function clone(url: string, directory: string, signal?: AbortSignal): Promise<void> {
  const aside = `${directory}.${process.pid}-${Date.now()}`;
  await mkdir(join(directory, '..'), { recursive: true });
  try {
    await fetchGit(['clone', '--quiet', '--bare', '--', url, aside], signal);
    await fetchGit(['-C', aside, 'config', 'remote.origin.url', withoutCredentials(url)], signal);
    await rename(aside, directory).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Brings a clone up to date; one that cannot be reached now is used as it is. */
async function update(url: string, directory: string, signal?: AbortSignal): Promise<void> {
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  await fetchGit(['-C', directory, 'fetch', '--quiet', '--', url, ...refs], signal).catch(() =>
    signal?.throwIfAborted(),
  );
}

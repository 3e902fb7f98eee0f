import { existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asideOf } from './aside.ts';
import type { CommitChoice } from './commits.ts';
import { RepositoryError } from './errors.ts';
import { fetchGit, ownGit, withoutCredentials } from './git.ts';
import { shortHash } from './hash.ts';
import { hasCommit, headOf, isShallow } from './history.ts';
import type { Source } from './source.ts';

/** `https://…`, `ssh://…`, `file://…`, and `user@host:path`. */
export function isUrl(spec: string): boolean {
  return /^(?:\w+:\/\/|[\w.-]+@[\w.-]+:)/.test(spec);
}

/**
 * A bare clone in the cache, made where it is missing and brought up to date, unless it already has the commit that is
 * asked for. One that cannot be reached now is used as it is.
 *
 * @throws RepositoryError it cannot be cloned
 */
export async function cloneOf(
  url: string,
  cache: string,
  choice: CommitChoice,
  signal?: AbortSignal,
): Promise<Source> {
  const location = withoutCredentials(url);
  const name = nameOf(location);
  const directory = join(cache, 'clones', `${name.replace(/[^\w.-]+/g, '-')}-${shortHash(location)}.git`);
  const notes: string[] = [];
  if (!existsSync(directory)) await clone(url, directory, signal);
  else if (!(await hasAll(directory, choice, signal))) notes.push(...(await update(url, directory, signal)));
  const head = await headOf(directory, signal);
  if (!head) throw new RepositoryError(`${location} has no commit`);
  const shallow = await isShallow(directory, signal);
  return { name, location, directory, names: directory, prefix: '', head, shallow, notes };
}

function nameOf(location: string): string {
  const path = location.replace(/\/+$/, '').replace(/\.git$/, '');
  return path.split(/[/:]/).filter(Boolean).slice(-2).join('/');
}

/** Whether nothing that is asked for can have changed since the clone was made. */
async function hasAll(
  directory: string,
  { commit, commits, pinned }: CommitChoice,
  signal?: AbortSignal,
): Promise<boolean> {
  const wanted = pinned ?? (commits === undefined && commit ? [commit] : []);
  if (wanted.length === 0) return false;
  for (const hash of wanted) {
    if (!/^[0-9a-f]{40,64}$/.test(hash) || !(await hasCommit(directory, hash, signal))) return false;
  }
  return true;
}

/** Cloned aside and renamed: one that was cut off, or that another process makes now, is never taken for whole. */
async function clone(url: string, directory: string, signal?: AbortSignal): Promise<void> {
  const aside = asideOf(directory);
  await mkdir(dirname(directory), { recursive: true });
  try {
    const words = ['clone', '--quiet', '--bare', '--template=', '--', withoutCredentials(url), aside];
    await reach(url, words, signal);
    await rename(aside, directory).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(directory)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** @returns a note where the clone could not be brought up to date */
async function update(url: string, directory: string, signal?: AbortSignal): Promise<string[]> {
  const location = withoutCredentials(url);
  const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  try {
    await reach(url, ['-C', directory, 'fetch', '--quiet', '--prune', '--', location, ...refs], signal);
    if (!(await headOf(directory, signal))) await followHead(url, directory, signal);
    return [];
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof RepositoryError)) throw error;
    const date = await dateOf(directory);
    return [`${location} cannot be brought up to date (${error.message}): its clone of ${date} is used`];
  }
}

async function dateOf(directory: string): Promise<string> {
  const fetched = await stat(join(directory, 'FETCH_HEAD')).catch(() => stat(join(directory, 'HEAD')));
  return fetched.mtime.toISOString().slice(0, 10);
}

/** The main branch may have another name than when the clone was made. */
async function followHead(url: string, directory: string, signal?: AbortSignal): Promise<void> {
  const listed = await reach(url, ['ls-remote', '--symref', '--', withoutCredentials(url), 'HEAD'], signal);
  const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(listed)?.[1];
  if (branch) await ownGit(['-C', directory, 'symbolic-ref', 'HEAD', branch], {}, signal);
}

/**
 * Credentials that stand in the URL reach git as a rewriting rule in its environment alone, so that no file of the
 * clone and no list of processes shows them.
 */
async function reach(url: string, words: readonly string[], signal?: AbortSignal): Promise<string> {
  const location = withoutCredentials(url);
  try {
    return await fetchGit(words, url === location ? {} : { [`url.${url}.insteadOf`]: location }, signal);
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    const refused = /could not read (Username|Password)|Authentication failed|Permission denied/;
    if (!refused.test(error.message)) throw new RepositoryError(`${location}: ${error.message}`);
    throw new RepositoryError(
      `${location} is private or does not exist: git needs credentials for it (${error.message})`,
    );
  }
}

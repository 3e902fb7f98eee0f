import { askGit, readGit } from './git.ts';

/** The commit of `HEAD`, or undefined where there is none. */
export async function headOf(directory: string, signal?: AbortSignal): Promise<string | undefined> {
  return askGit(directory, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], signal);
}

/** True where the clone was made without older commits. */
export async function isShallow(directory: string, signal?: AbortSignal): Promise<boolean> {
  return (await readGit(directory, ['rev-parse', '--is-shallow-repository'], signal)) === 'true';
}

/** True where the full name of a commit is one that the repository has. */
export async function hasCommit(directory: string, hash: string, signal?: AbortSignal): Promise<boolean> {
  return (await askGit(directory, ['cat-file', '-e', `${hash}^{commit}`], signal)) !== undefined;
}

/**
 * The full name of a commit that is given by its name, a part of it, a branch or a tag; undefined where there is none.
 */
export async function resolveCommit(
  directory: string,
  name: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  return askGit(directory, words, signal);
}

export interface DatedCommit {
  readonly hash: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The main line up to a commit: it and its first parents, oldest first. */
export async function mainLine(directory: string, end: string, signal?: AbortSignal): Promise<DatedCommit[]> {
  const text = await readGit(
    directory,
    ['rev-list', '--first-parent', '--timestamp', '--reverse', end, '--'],
    signal,
  );
  return text.split('\n').map((line) => {
    const [time = '', hash = ''] = line.split(' ');
    return { hash, time: Number(time) };
  });
}

import { UsageError } from '../error.ts';
import { UnknownRepositoryError } from './errors.ts';
import { readGit } from './git.ts';
import type { Source } from './source.ts';

/** Which commits of a repository are wanted; the present one where nothing is said. */
export interface CommitChoice {
  /** A hash, branch or tag. */
  readonly commit?: string | undefined;
  /** So many commits, spaced equally over the period from `since` to the present. */
  readonly commits?: number | undefined;
  /** A date that git understands. */
  readonly since?: string | undefined;
}

/**
 * The chosen commits, oldest first. There are fewer than asked for where the period has fewer.
 *
 * @throws UnknownRepositoryError no such commit, or none in the period
 */
export async function chooseCommits(
  source: Source,
  choice: CommitChoice,
  signal?: AbortSignal,
): Promise<string[]> {
  const { commit, commits, since } = choice;
  if (commits === undefined) {
    if (since !== undefined) throw new UsageError('--since needs --commits: how many commits of the period');
    return [commit === undefined ? source.head : await resolveCommit(source, commit, signal)];
  }
  if (since === undefined) throw new UsageError('--commits needs --since: the begin of the period');
  const end = commit === undefined ? source.head : await resolveCommit(source, commit, signal);
  return spread(await history(source, end, since, signal), commits, source, since);
}

async function resolveCommit(
  { directory, location }: Source,
  commit: string,
  signal?: AbortSignal,
): Promise<string> {
  return readGit(
    directory,
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`],
    signal,
  ).catch(() => {
    signal?.throwIfAborted();
    throw new UnknownRepositoryError(`${location} has no commit ${commit}`);
  });
}

interface Dated {
  readonly hash: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The main line's commits since a date, oldest first. */
async function history(
  { directory }: Source,
  end: string,
  since: string,
  signal?: AbortSignal,
): Promise<Dated[]> {
  if (Number.isNaN(Date.parse(since)))
    throw new UsageError(`--since ${since} is not a date; write it like 2024-01-31`);
  const date = new Date(since).toISOString();
  const words = ['log', '--first-parent', `--since-as-filter=${date}`, '--format=%H %ct', end];
  const lines = (await readGit(directory, words, signal)).split('\n').filter(Boolean);
  return lines
    .map((line) => ({
      hash: line.slice(0, line.indexOf(' ')),
      time: Number(line.slice(line.indexOf(' ') + 1)),
    }))
    .sort((a, b) => a.time - b.time);
}

/** For each of equally spaced moments, the last commit before it; the last moment is the last commit's own. */
function spread(commits: readonly Dated[], count: number, { location }: Source, since: string): string[] {
  const [first, last] = [commits[0], commits.at(-1)];
  if (!first || !last) throw new UnknownRepositoryError(`${location} has no commit since ${since}`);
  const chosen = new Set<string>();
  for (let i = 0; i < count; i += 1) {
    const share = count === 1 ? 1 : i / (count - 1);
    const moment = first.time + (last.time - first.time) * share;
    chosen.add((commits.findLast(({ time }) => time <= moment) ?? first).hash);
  }
  return [...chosen];
}

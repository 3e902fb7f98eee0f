import { UsageError } from '../error.ts';
import { UnknownRepositoryError } from './errors.ts';
import { type DatedCommit, hasCommit, mainLine, resolveCommit } from './history.ts';
import type { Source } from './source.ts';

/** Which commits of a repository are wanted; the present one where nothing is said. */
export interface CommitChoice {
  /** A hash, branch or tag. */
  readonly commit?: string | undefined;
  /** So many commits, spaced equally over the period from `since` to the present. */
  readonly commits?: number | undefined;
  /** `2024-01-31`, with a time if need be, or `2 years ago`. */
  readonly since?: string | undefined;
  /** Commits that were chosen before, in full: they win over every other choice, however the repository has grown. */
  readonly pinned?: readonly string[] | undefined;
}

/**
 * The chosen commits, oldest first. There are fewer than asked for where the period has fewer.
 *
 * @throws UsageError the choice contradicts itself, or the date is none
 * @throws UnknownRepositoryError no such commit, or none in the period
 */
export async function chooseCommits(
  source: Source,
  choice: CommitChoice,
  signal?: AbortSignal,
  now = Date.now(),
): Promise<readonly string[]> {
  const { commit, commits, since, pinned } = choice;
  if (pinned) return known(source, pinned, signal);
  if (commits === undefined) {
    if (since !== undefined) throw new UsageError('--since needs --commits: how many commits of the period');
    return [await endOf(source, commit, signal)];
  }
  if (since === undefined) throw new UsageError('--commits needs --since: the begin of the period');
  if (!Number.isInteger(commits) || commits < 1) throw new UsageError('--commits must be 1 or more');
  if (source.shallow)
    throw new UnknownRepositoryError(`${source.location} is a shallow clone: git fetch --unshallow`);
  const begin = secondsOf(since, now);
  const line = await mainLine(source.directory, await endOf(source, commit, signal), signal);
  const period = line.filter(({ time }) => time >= begin);
  if (period.length === 0)
    throw new UnknownRepositoryError(`${source.location} has no commit since ${since}`);
  return spread(period, commits, begin);
}

async function known(
  source: Source,
  pinned: readonly string[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  for (const hash of pinned) {
    if (!(await hasCommit(source.directory, hash, signal))) throw unknownCommit(source, hash);
  }
  return pinned;
}

async function endOf(source: Source, commit: string | undefined, signal?: AbortSignal): Promise<string> {
  if (commit === undefined) return source.head;
  const found = await resolveCommit(source.names, commit, signal);
  if (found === undefined) throw unknownCommit(source, commit);
  return found;
}

function unknownCommit({ location, shallow }: Source, commit: string): UnknownRepositoryError {
  const why = shallow ? ', which is a shallow clone: git fetch --unshallow brings the rest' : '';
  return new UnknownRepositoryError(`no commit ${commit} in ${location}${why}`);
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/;
const AGO = /^(\d+) (day|week|month|year)s? ago$/;
const DAYS = { day: 1, week: 7, month: 30, year: 365 } as const;

/** Seconds since 1970; a date without a zone is one of UTC, so that it means the same everywhere. */
function secondsOf(date: string, now: number): number {
  const [, number, unit] = AGO.exec(date) ?? [];
  if (number && unit) return now / 1000 - Number(number) * DAYS[unit as keyof typeof DAYS] * 86_400;
  const zone = /[T ].*(?:Z|[+-]\d{2}:\d{2})$/.test(date) || !/[T ]/.test(date) ? '' : 'Z';
  const time = DATE.test(date) ? Date.parse(`${date.replace(' ', 'T')}${zone}`) : Number.NaN;
  if (Number.isNaN(time))
    throw new UsageError(`--since ${date} is not a date: write 2024-01-31, or "2 years ago"`);
  return time / 1000;
}

/**
 * For each of equally spaced moments from the begin to the last commit, the commit nearest to it; each commit once, and
 * where there is but one moment, the last commit.
 *
 * @param commits at least one, oldest first
 */
export function spread(commits: readonly DatedCommit[], count: number, begin: number): string[] {
  const end = commits.at(-1)?.time ?? begin;
  const wanted = Math.min(count, commits.length);
  const chosen: number[] = [];
  for (let i = 0; i < wanted; i += 1) {
    const moment = wanted === 1 ? end : begin + ((end - begin) * i) / (wanted - 1);
    chosen.push(nearest(commits, moment, (chosen.at(-1) ?? -1) + 1, commits.length - (wanted - i)));
  }
  return chosen.flatMap((at) => commits[at]?.hash ?? []);
}

/** Index of the commit nearest to a moment, the later one of two, within bounds that leave enough for the rest. */
function nearest(commits: readonly DatedCommit[], moment: number, first: number, last: number): number {
  let best = first;
  for (let at = first; at <= last; at += 1) {
    const distance = (index: number) => Math.abs((commits[index]?.time ?? 0) - moment);
    if (distance(at) <= distance(best)) best = at;
  }
  return best;
}

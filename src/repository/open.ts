import { type CommitChoice, chooseCommits } from './commits.ts';
import { findSource } from './find-source.ts';
import { listFunctions } from './list-functions.ts';
import type { Repository } from './repository.ts';
import { makeTree } from './tree.ts';

export interface OpenOptions extends CommitChoice {
  /** Folder for clones, snapshots, trees and what was parsed; made where it is missing. */
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a repository: a folder, a git URL, or `owner/name` on GitHub (a folder of that name wins). A folder that is not
 * a git repository is taken as it stands. The user's own files are only read.
 *
 * @throws UnknownRepositoryError there is no such repository or commit
 * @throws RepositoryError it cannot be cloned or read
 */
export async function openRepository(spec: string, options: OpenOptions): Promise<Repository> {
  const { cache, signal } = options;
  const source = await findSource(spec, cache, options, signal);
  const commits = await chooseCommits(source, options, signal);
  const few = !options.pinned && options.commits !== undefined && commits.length < options.commits;
  return {
    name: source.name,
    location: source.location,
    commits,
    notes: few
      ? [...source.notes, `${source.name} has only ${commits.length} commits in the period`]
      : source.notes,
    functions: (commit, wanted = {}) => listFunctions(source, commit, wanted, cache, signal),
    tree: (commit, wanted = {}) => makeTree(source, commit, cache, wanted, signal),
  };
}

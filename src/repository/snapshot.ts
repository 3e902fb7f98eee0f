import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RepositoryError } from './errors.ts';
import { ownGit } from './git.ts';
import { shortHash } from './hash.ts';

/** What stands in a folder and is nobody's source. */
const NOT_SOURCE = [
  '.git',
  '.sera',
  'node_modules',
  '__pycache__',
  '.venv',
  'venv',
  '.tox',
  '.mypy_cache',
  '.DS_Store',
];

/** The same content gives the same commit, whenever and by whomever the snapshot is taken. */
const NOBODY = {
  GIT_AUTHOR_NAME: 'snapshot',
  GIT_AUTHOR_EMAIL: 'snapshot@localhost',
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'snapshot',
  GIT_COMMITTER_EMAIL: 'snapshot@localhost',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
};

/**
 * A commit with the files of a folder that is not a git repository, in a repository of this program's own: the folder
 * itself is only read. What the folder's `.gitignore` names is left out.
 */
export async function takeSnapshot(
  folder: string,
  cache: string,
  signal?: AbortSignal,
): Promise<{ readonly directory: string; readonly head: string }> {
  const directory = join(cache, 'snapshots', `${basename(folder)}-${shortHash(folder)}.git`);
  await mkdir(join(directory, 'info'), { recursive: true });
  await ownGit(['init', '--quiet', '--bare', '--template=', directory], {}, signal);
  const scratch = await mkdtemp(join(directory, 'index-'));
  try {
    const excluded = join(scratch, 'exclude');
    await writeFile(excluded, `${NOT_SOURCE.join('\n')}\n`);
    const place = { GIT_DIR: directory, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(scratch, 'index') };
    await ownGit(
      ['-C', folder, '-c', `core.excludesFile=${excluded}`, 'add', '--all', '--ignore-errors', '.'],
      place,
      signal,
    ).catch((error) => {
      if (!(error instanceof RepositoryError)) throw error; // a file that cannot be read costs that file alone
      signal?.throwIfAborted();
    });
    const tree = await ownGit(['write-tree'], place, signal);
    const head = await ownGit(['commit-tree', '-m', 'snapshot', tree], { ...place, ...NOBODY }, signal);
    await ownGit(['update-ref', `refs/heads/${head}`, head], place, signal);
    return { directory, head };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

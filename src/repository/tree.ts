import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ownGit, readGit } from './git.ts';
import { shortHash } from './hash.ts';
import { listTree, readBlobs } from './objects.ts';
import type { Source } from './source.ts';

/** Everybody's starting point is the same commit, so that nothing but the content decides its name. */
const STARTING_POINT = {
  GIT_AUTHOR_NAME: 'sera',
  GIT_AUTHOR_EMAIL: 'sera@localhost',
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'sera',
  GIT_COMMITTER_EMAIL: 'sera@localhost',
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
};

/** Attributes of the tree must neither change its content nor run a filter. */
const NO_CONVERSION = '* -text -ident -filter -working-tree-encoding\n';

/**
 * A folder with the files of a commit, byte for byte as they are stored, and a `.git` of one commit: no history and no
 * remotes, so that the future does not leak into a task. Made aside and renamed; made once.
 *
 * @param options.history the repository's history up to the commit instead of the one commit
 */
export async function makeTree(
  source: Source,
  commit: string,
  cache: string,
  options: { readonly history?: boolean },
  signal?: AbortSignal,
): Promise<string> {
  const kind = options.history ? '-history' : '';
  const name = source.name.replace(/[^\w.-]+/g, '-');
  const folder = join(cache, 'trees', `${name}-${shortHash(source.location)}-${commit.slice(0, 12)}${kind}`);
  if (existsSync(folder)) return folder;
  const aside = `${folder}.${process.pid}-${Date.now()}`;
  try {
    await mkdir(aside, { recursive: true });
    await writeFiles(source.directory, commit, aside, signal);
    await (options.history ? copyHistory : startHistory)(source.directory, commit, aside, signal);
    await rename(aside, folder).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw error; // another process was faster
    });
    return folder;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Writes blobs as they are: a checkout would apply the repository's own attributes and filters. */
async function writeFiles(
  directory: string,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const entries = await listTree(directory, commit, signal);
  const folders = new Set(entries.map(({ path, mode }) => (mode === '160000' ? path : dirname(path))));
  for (const path of folders) await mkdir(join(folder, path), { recursive: true });
  const blobs = entries.filter(({ mode }) => mode !== '160000');
  const contents = readBlobs(
    directory,
    blobs.map(({ hash }) => hash),
    signal,
  );
  for (const { path, mode } of blobs) {
    const { value } = await contents.next();
    if (value) await writeEntry(join(folder, path), mode, value);
  }
}

async function writeEntry(path: string, mode: string, content: Buffer): Promise<void> {
  if (mode === '120000') return symlink(content, path);
  await writeFile(path, content, { flag: 'wx' });
  if (mode === '100755') await chmod(path, 0o755);
}

async function startHistory(_: string, __: string, folder: string, signal?: AbortSignal): Promise<void> {
  const git = (...words: string[]) => ownGit(['-C', folder, ...words], STARTING_POINT, signal);
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  await mkdir(join(folder, '.git', 'info'), { recursive: true });
  await writeFile(join(folder, '.git', 'info', 'attributes'), NO_CONVERSION);
  await git('add', '--all', '--force', '.');
  await git('commit', '--quiet', '--allow-empty', '--no-verify', '-m', 'Starting point');
  await git('pack-refs', '--all');
}

/** The commits that lead to this one and no others, as a pack; what came later stays behind. */
async function copyHistory(
  directory: string,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const git = (...words: string[]) => ownGit(['-C', folder, ...words], STARTING_POINT, signal);
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  await mkdir(join(folder, '.git', 'info'), { recursive: true });
  await writeFile(join(folder, '.git', 'info', 'attributes'), NO_CONVERSION);
  const objects = await readGit(
    directory,
    ['rev-parse', '--path-format=absolute', '--git-path', 'objects'],
    signal,
  );
  const borrowed = { ...STARTING_POINT, GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
  const own = (...words: string[]) => ownGit(['-C', folder, ...words], borrowed, signal);
  await own('update-ref', 'refs/heads/main', commit);
  await own('repack', '-a', '-d', '--quiet');
  await git('reset', '--quiet', 'HEAD');
}

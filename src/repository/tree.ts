import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asideOf } from './aside.ts';
import { RepositoryError } from './errors.ts';
import { gitEnvironment, ownGit, readGit, readOnlyWords } from './git.ts';
import { shortHash } from './hash.ts';
import type { Source } from './source.ts';
import { writeFiles } from './write-files.ts';

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
 * remotes, so that the future does not leak into a task. Made aside and renamed; made once. Everybody may read it.
 *
 * @param options.history the repository's history up to the commit instead of the one commit
 * @throws RepositoryError objects are missing, or a path leads out of the folder
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
  const aside = asideOf(folder);
  try {
    await mkdir(aside, { recursive: true });
    await writeFiles(source, commit, aside, signal);
    await makeRepository(source, commit, aside, options.history ?? false, signal);
    if ((process.umask() & 0o055) !== 0) await openUp(Buffer.from(aside));
    await rename(aside, folder).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(folder)) throw error; // another process was faster
    });
    return folder;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** A fresh `.git` with the objects of the commit, or of its history too, and an index that is up to date. */
async function makeRepository(
  source: Source,
  commit: string,
  folder: string,
  history: boolean,
  signal?: AbortSignal,
): Promise<void> {
  const git = (...words: string[]) => ownGit(['-C', folder, ...words], STARTING_POINT, signal);
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  await mkdir(join(folder, '.git', 'info'), { recursive: true });
  await writeFile(join(folder, '.git', 'info', 'attributes'), NO_CONVERSION);
  const tree = await readGit(source.directory, ['rev-parse', `${commit}^{tree}`], signal);
  await copyObjects(source, history ? commit : tree, folder, signal);
  if (history && source.shallow) await copyShallow(source.directory, folder, signal);
  const head = history ? commit : await git('commit-tree', '-m', 'Starting point', tree);
  await git('update-ref', 'refs/heads/main', head);
  await git('pack-refs', '--all');
  await git('read-tree', 'HEAD');
  await git('update-index', '-q', '--refresh');
}

/** Copies what a tree or commit consists of, as one pack; what came later stays behind. */
async function copyObjects(source: Source, root: string, to: string, signal?: AbortSignal): Promise<void> {
  const env = gitEnvironment({ isolated: true });
  const give = spawn('git', readOnlyWords(source.directory, ['pack-objects', '--revs', '--stdout', '-q']), {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  const take = spawn('git', readOnlyWords(to, ['index-pack', '--stdin']), {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...(signal && { signal }),
  });
  const errors: Buffer[] = [];
  give.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  give.stdin.on('error', () => {}); // git has ended; its status tells
  give.stdin.end(`${root}\n`);
  const piped = pipeline(give.stdout, take.stdin).catch(() => {}); // likewise
  const [[given], [taken]] = await Promise.all([once(give, 'close'), once(take, 'close'), piped]);
  if (given === 0 && taken === 0) return;
  const why = Buffer.concat(errors).toString('utf8').trim().split('\n')[0] || 'git index-pack failed';
  throw new RepositoryError(`${source.location}: the objects of ${root} cannot be read (${why})`);
}

async function copyShallow(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const words = ['rev-parse', '--path-format=absolute', '--git-path', 'shallow'];
  await copyFile(await readGit(from, words, signal), join(to, '.git', 'shallow'));
}

/** Sandboxes may run as another user. Links are let alone. */
async function openUp(folder: Buffer): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' })) {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) await openUp(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asideOf } from './aside.ts';
import { RepositoryError } from './errors.ts';
import { gitEnvironment, ownGit, readGit, readOnlyWords } from './git.ts';
import { shortHash } from './hash.ts';

/** What stands in a folder and is nobody's source. */
const NOT_SOURCE = new Set([
  '.git',
  '.hg',
  '.svn',
  '.sera',
  'node_modules',
  '__pycache__',
  '.venv',
  'venv',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.ruff_cache',
  '.DS_Store',
]);

/** Bytes; a larger file is left out of a snapshot. */
const LARGEST = 256 * 2 ** 20;

/** The same content gives the same commit, whenever and by whomever the snapshot is taken. */
const NOBODY = 'snapshot <snapshot@localhost> 946684800 +0000';

export interface Snapshot {
  /** The bare repository that holds it. */
  readonly directory: string;
  readonly head: string;
  readonly notes: readonly string[];
}

/**
 * A commit with the files of a folder that is not a git repository, byte for byte, in a repository of this program's
 * own: the folder itself is only read.
 */
export async function takeSnapshot(folder: string, cache: string, signal?: AbortSignal): Promise<Snapshot> {
  const directory = join(cache, 'snapshots', `${basename(folder) || 'root'}-${shortHash(folder)}.git`);
  await initOnce(directory, signal);
  const aside = asideOf('refs/aside/snapshot');
  const left = await importFolder(folder, await realpath(cache), directory, aside, signal);
  const head = await readGit(directory, ['rev-parse', '--verify', aside], signal);
  const own = (...words: string[]) => ownGit(['-C', directory, 'update-ref', ...words], {}, signal);
  await own(`refs/snapshots/${head}`, head).catch(() => {}); // another process keeps the same one
  await own('-d', aside);
  return { directory, head, notes: left };
}

/** Made aside and renamed: git itself does not let two processes begin one repository at the same time. */
async function initOnce(directory: string, signal?: AbortSignal): Promise<void> {
  if (existsSync(join(directory, 'HEAD'))) return;
  await mkdir(dirname(directory), { recursive: true });
  const aside = asideOf(directory);
  await ownGit(['init', '--quiet', '--bare', '--template=', aside], {}, signal);
  await rename(aside, directory).catch(() => rm(aside, { recursive: true })); // another process was quicker
}

/** @returns a note on what could not be taken */
async function importFolder(
  folder: string,
  cache: string,
  directory: string,
  ref: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const child = spawn(
    'git',
    readOnlyWords(directory, ['fast-import', '--quiet', '--done', '--date-format=raw']),
    {
      env: gitEnvironment({ isolated: true }),
      stdio: ['pipe', 'ignore', 'pipe'],
      ...(signal && { signal }),
    },
  );
  const ended = once(child, 'close').then(([status]) => status as number | null);
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => {}); // git has ended; its status tells
  let skipped = 0;
  const write = async (...pieces: (string | Buffer)[]) => {
    for (const piece of pieces)
      if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), ended]);
  };
  await write(`commit ${ref}\ncommitter ${NOBODY}\ndata 8\nsnapshot\n`);
  for await (const { path, mode, content } of readFolder(Buffer.from(folder), Buffer.from(cache))) {
    if (!content) skipped += 1;
    else await write(`M ${mode} inline `, quote(path), `\ndata ${content.length}\n`, content, '\n');
  }
  await write('done\n');
  child.stdin.end();
  if ((await ended) !== 0) {
    const why = Buffer.concat(errors).toString('utf8').trim().split('\n').at(-1);
    throw new RepositoryError(`no snapshot of ${folder} could be taken: ${why}`);
  }
  return skipped === 0
    ? []
    : [`${skipped} files are not in it: they cannot be read, or are larger than 256 MiB`];
}

interface FolderEntry {
  readonly path: Buffer;
  readonly mode: string;
  /** Undefined where it cannot be read. */
  readonly content: Buffer | undefined;
}

/** The files and links below a folder, in the order of their bytes; names need not be UTF-8. */
async function* readFolder(root: Buffer, cache: Buffer, below?: Buffer): AsyncGenerator<FolderEntry> {
  const here = below ? joinBytes(root, below) : root;
  if (here.equals(cache)) return;
  const entries = await readdir(here, { withFileTypes: true, encoding: 'buffer' }).catch(() => []);
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    if (NOT_SOURCE.has(entry.name.toString('utf8'))) continue;
    const path = below ? joinBytes(below, entry.name) : entry.name;
    if (entry.isDirectory()) yield* readFolder(root, cache, path);
    else if (entry.isSymbolicLink()) yield readEntry(root, path, true);
    else if (entry.isFile()) yield readEntry(root, path, false);
  }
}

async function readEntry(root: Buffer, path: Buffer, link: boolean): Promise<FolderEntry> {
  const full = joinBytes(root, path);
  try {
    if (link) return { path, mode: '120000', content: await readlink(full, { encoding: 'buffer' }) };
    const { mode, size } = await stat(full);
    const content = size > LARGEST ? undefined : await readFile(full);
    return { path, mode: (mode & 0o100) === 0 ? '100644' : '100755', content };
  } catch {
    return { path, mode: '100644', content: undefined };
  }
}

function joinBytes(a: Buffer, b: Buffer): Buffer {
  return Buffer.concat([a, Buffer.from('/'), b]);
}

/** A path as fast-import reads it: in quotes, where only these three bytes need care. */
function quote(path: Buffer): Buffer {
  const text = path.toString('latin1').replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');
  return Buffer.from(`"${text}"`, 'latin1');
}

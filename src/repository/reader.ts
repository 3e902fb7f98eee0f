import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asideOf } from './aside.ts';
import { ownGit, readGit } from './git.ts';
import { shortHash } from './hash.ts';

/**
 * A bare repository of this program's own that borrows the objects of a user's one. Read through it, objects come
 * without the user's configuration: nothing in there can run a program, replace an object, or have one fetched that a
 * partial clone lacks.
 *
 * @returns the folder that git is run in
 */
export async function borrowObjects(directory: string, cache: string, signal?: AbortSignal): Promise<string> {
  const words = ['rev-parse', '--path-format=absolute', '--show-object-format'];
  const paths = ['--git-path', 'objects', '--git-path', 'shallow'];
  const [format = 'sha1', objects = '', shallow = ''] = (
    await readGit(directory, [...words, ...paths], signal)
  ).split('\n');
  const reader = join(cache, 'readers', `${basename(directory)}-${shortHash(objects)}.git`);
  if (!existsSync(reader)) await makeReader(reader, format, signal);
  await put(join(reader, 'objects', 'info', 'alternates'), (path) => writeFile(path, `${objects}\n`));
  if (existsSync(shallow)) await put(join(reader, 'shallow'), (path) => copyFile(shallow, path));
  else await rm(join(reader, 'shallow'), { force: true });
  return reader;
}

async function makeReader(reader: string, format: string, signal?: AbortSignal): Promise<void> {
  const aside = asideOf(reader);
  await mkdir(dirname(reader), { recursive: true });
  try {
    const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`, aside];
    await ownGit(init, {}, signal);
    await rename(aside, reader).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(reader)) throw error; // another process was faster
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function put(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = asideOf(path);
  await mkdir(dirname(path), { recursive: true });
  await write(aside);
  await rename(aside, path);
}

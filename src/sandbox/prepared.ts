import { execFile } from 'node:child_process';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskUse } from './disk.ts';
import { SandboxError } from './errors.ts';
import { makePlain } from './plain-git.ts';

const execute = promisify(execFile);

/** A repository's tree made ready for sandboxes: shared by all of its rollouts, and changed by none. */
export interface Prepared {
  readonly folder: string;
  /** The files, with their `.git`, owned by the user that sandboxes run as. */
  readonly tree: string;
  /** A second copy of the `.git`, from which patches are taken. */
  readonly git: string;
  /** Files that stand in for those of the system's `/etc`. */
  readonly etc: string;
  /** Bytes on the disk of `tree`. */
  readonly size: number;
}

/**
 * @param tree folder with files and a `.git`
 * @param folder is made, and filled
 * @param owner user and group id that the copy shall belong to; left as it is where undefined
 */
export async function prepareTree(
  tree: string,
  folder: string,
  owner: number | undefined,
): Promise<Prepared> {
  const isRepository = await stat(join(tree, '.git')).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (!isRepository) throw new SandboxError(`${tree}: not a prepared tree, it has no .git folder`);
  const places = {
    folder,
    tree: join(folder, 'tree'),
    git: join(folder, 'git'),
    etc: join(folder, 'etc'),
  };
  await mkdir(folder, { recursive: true });
  await copyTree(tree, places.tree);
  if (owner !== undefined) await execute('chown', ['-hR', `${owner}:${owner}`, places.tree]);
  await copyTree(join(places.tree, '.git'), places.git);
  await makePlain(places.git);
  await mkdir(places.etc);
  for (const [name, text] of Object.entries(SYSTEM_FILES)) await writeFile(join(places.etc, name), text);
  return { ...places, size: await diskUse(places.tree) };
}

/** Copies a folder to where nothing is yet, sharing its blocks where the file system can. */
export async function copyTree(from: string, to: string): Promise<void> {
  await execute('cp', ['-a', '--reflink=auto', '--', from, to]).catch(() =>
    execute('cp', ['-a', '--', from, to]),
  );
}

const SYSTEM_FILES: Readonly<Record<string, string>> = {
  passwd: 'root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\n',
  group: 'root:x:0:\nuser:x:1000:\n',
  hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
  hostname: 'sandbox\n',
};

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Leaves of a `.git` folder only what the repository's content is: no hook, filter, attribute or program that git
 * would run or obey when the patch is taken.
 */
export async function makePlain(git: string): Promise<void> {
  const config = await readFile(join(git, 'config'), 'utf8').catch(() => '');
  const format = /^\s*objectformat\s*=\s*(\w+)/im.exec(config)?.[1];
  const plain = [
    '[core]',
    `\trepositoryformatversion = ${format === undefined ? 0 : 1}`,
    '\tfilemode = true',
    '\tbare = false',
    ...(format === undefined ? [] : ['[extensions]', `\tobjectformat = ${format}`]),
  ];
  await writeFile(join(git, 'config'), `${plain.join('\n')}\n`);
  for (const name of ['hooks', 'info', 'config.worktree']) {
    await rm(join(git, name), { recursive: true, force: true });
  }
}

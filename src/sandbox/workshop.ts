import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { killMarkedBelow } from './host-processes.ts';
import type { Workshop } from './maker.ts';
import { Pipes } from './pipes.ts';
import { removeFolder } from './remove.ts';
import { Watch } from './watch.ts';

/** Somebody reads this named pipe as long as the process that owns the folder lives; the kernel sees to that. */
const ALIVE = 'alive';
const PREFIX = 'sandboxes-';
/** Milliseconds that a folder may need until its pipe is there. */
const NEWBORN = 60_000;

/** Makes a folder of this process's own, and removes those of processes that were killed. */
export async function openWorkshop(
  work: string,
  settings: Pick<Workshop, 'limits' | 'network' | 'readOnly' | 'image'>,
): Promise<Workshop> {
  await mkdir(work, { recursive: true });
  await removeLeftovers(work);
  const folder = await mkdtemp(join(work, PREFIX));
  const alive = await openAlive(folder);
  const watch = new Watch();
  const close = async (): Promise<void> => {
    await watch.closeAll();
    await removeFolder(folder);
    closeSync(alive);
  };
  return { ...settings, folder, pipes: new Pipes(folder), watch, close };
}

/** The pipe gets its name when it is read, since without a reader the folder is one that nobody owns. */
async function openAlive(folder: string): Promise<number> {
  const unread = join(folder, `${ALIVE}.new`);
  await promisify(execFile)('mkfifo', [unread]);
  const alive = openSync(unread, constants.O_RDONLY | constants.O_NONBLOCK);
  await rename(unread, join(folder, ALIVE));
  return alive;
}

async function removeLeftovers(work: string): Promise<void> {
  for (const name of await readdir(work)) {
    const folder = join(work, name);
    if (!name.startsWith(PREFIX) || (await isAlive(folder))) continue;
    killMarkedBelow(folder);
    await removeFolder(folder);
  }
}

async function isAlive(folder: string): Promise<boolean> {
  try {
    closeSync(openSync(join(folder, ALIVE), constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENXIO') return false;
    if (code !== 'ENOENT') return true;
    const made = await stat(folder).catch(() => undefined);
    return made !== undefined && Date.now() - made.mtimeMs < NEWBORN;
  }
}

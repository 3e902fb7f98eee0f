import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Removes a folder with what a rollout left in it, whatever its modes and depth. No process may work in it. */
export async function removeFolder(folder: string): Promise<void> {
  await execute('rm', ['-rf', '--', folder]).catch(async () => {
    await execute('chmod', ['-R', 'u+rwx', '--', folder]).catch(() => undefined);
    await execute('rm', ['-rf', '--', folder]).catch(() => undefined);
  });
}

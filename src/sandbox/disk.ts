import { execFile } from 'node:child_process';
import { runsAsRoot } from './user.ts';

/** Lets a user look into own folders whatever their modes; a rollout could hide what it writes else. */
const AS_OWNER = runsAsRoot || process.platform !== 'linux' ? [] : ['unshare', '--user', '--map-root-user'];

/** Bytes on the disk of a folder and what lies below it; 0 where it is gone. */
export function diskUse(folder: string): Promise<number> {
  const [program = 'du', ...rest] = [...AS_OWNER, 'du', '-sk', '--', folder];
  return new Promise((resolve) => {
    // The status says only whether something vanished meanwhile.
    execFile(program, rest, (_error, stdout) => resolve((Number.parseInt(stdout, 10) || 0) * 1024));
  });
}

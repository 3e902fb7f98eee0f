import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';

export const HOME = '/home/user';

const SYSTEM = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Where programs are looked for inside: first what of this program's own path lies in folders that are shown, then
 * where systems keep them, NixOS too.
 */
export function insidePath(readOnly: readonly string[]): string {
  const own = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => isBelow(folder, ['/usr', ...readOnly]));
  const nix = ['/run/current-system/sw/bin'].filter((path) => existsSync(path));
  const system = [...nix, ...SYSTEM];
  return [...new Set([...own.filter((folder) => !system.includes(folder)), ...system])].join(delimiter);
}

function isBelow(folder: string, parents: readonly string[]): boolean {
  return parents.some((parent) => folder === parent || folder.startsWith(`${parent}/`));
}

/** All variables that a command finds; nothing of the user's own environment is among them. */
export function environment(path: string, home: string): Record<string, string> {
  return {
    PATH: path,
    HOME: home,
    USER: 'user',
    LOGNAME: 'user',
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    PAGER: 'cat',
    MANPAGER: 'cat',
    GIT_PAGER: 'cat',
    LESS: '-R',
    PIP_PROGRESS_BAR: 'off',
    TQDM_DISABLE: '1',
  };
}

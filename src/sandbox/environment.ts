import { existsSync } from 'node:fs';

export const HOME = '/home/user';

/** Where the system's programs are, on NixOS too. */
export const SYSTEM_PATH = [
  ...['/run/current-system/sw/bin'].filter((path) => existsSync(path)),
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
].join(':');

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

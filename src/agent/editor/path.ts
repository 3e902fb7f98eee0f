import { TESTBED } from '../../sandbox/index.ts';

/** A path without empty and `.` parts; `..` stays, since what it means depends on links. */
export function plainPath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const plain = (path.startsWith('/') ? '/' : '') + parts.join('/');
  return plain === '' ? '.' : plain;
}

/** The path that a relative one most likely stands for. */
export function absolutePath(path: string): string {
  return path === '.' ? TESTBED : `${TESTBED}/${path}`;
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

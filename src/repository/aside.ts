import { randomUUID } from 'node:crypto';

/** Where something is made that is renamed to `path` when it is whole; nobody else's place, in this process or another. */
export function asideOf(path: string): string {
  return `${path}.${randomUUID()}`;
}

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** A generating process says at least this often that it lives. */
export const HEARTBEAT_MS = 3_000;

/** Silence after which a process on another machine counts as dead. */
const SILENCE_MS = 10 * HEARTBEAT_MS;

/** Names this process, so that another one can tell whether it still lives. */
export function newOwner(): string {
  return JSON.stringify({ host: hostname(), pid: process.pid, nonce: randomUUID() });
}

export function isAlive(owner: string | null, seenAt: number | null, now: number): boolean {
  if (owner === null || seenAt === null || now - seenAt > SILENCE_MS) return false;
  const { host, pid } = JSON.parse(owner) as { host: string; pid: number };
  return host !== hostname() || processExists(pid);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

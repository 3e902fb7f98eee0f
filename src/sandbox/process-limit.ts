import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { Version } from './version.ts';

/** Since Linux 5.14 processes are counted in each user namespace by itself, before that for a user as a whole. */
const countsInNamespaces = new Version(release()).atLeast(5, 14);

/** Sandboxes that may be as full as they can at once, where the kernel counts their processes together. */
const TOGETHER = 4;

/**
 * What the kernel is asked to hold a sandbox's processes to. Where it counts those of others with them, it is only
 * what keeps the machine alive, and the watch sees to the limit itself.
 *
 * @param own whether the sandbox has a user namespace that no other one shares
 */
export function processLimit(processes: number, own: boolean): number {
  return own && countsInNamespaces ? processes : Math.min(processes * TOGETHER, hardLimit('Max processes'));
}

/** This process's own hard limit, which nothing that it starts can raise. */
export function hardLimit(name: string): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const line = limits.split('\n').find((candidate) => candidate.startsWith(name)) ?? '';
  const hard = Number(line.slice(name.length).trim().split(/\s+/)[1]);
  return Number.isFinite(hard) ? hard : 1 << 20;
}

import { hash, randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { processExists } from '../../process-exists.ts';
import { makeFolder } from '../write.ts';

/** How often a folder is marked as one that is being written. */
const HEARTBEAT_MS = 60_000;
/** Silence after which a process of another machine counts as dead. */
const SILENCE_MS = 60 * HEARTBEAT_MS;

/**
 * Lets `fill` write a folder that takes its place only when it is whole; the one that was there before is replaced.
 * What a process that was killed left behind is put in order first. The name of the folder aside says who writes it:
 * `set.MACHINE-PROCESS-NONCE.part`.
 */
export async function writeFolderAside<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const place = resolve(out);
  await sweep(place);
  const aside = `${place}.${here()}-${process.pid}-${randomUUID().slice(0, 8)}.part`;
  await makeFolder(aside);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(aside, now, now).catch(() => {});
  }, HEARTBEAT_MS).unref();
  try {
    const result = await fill(aside);
    await putInPlace(aside, place);
    return result;
  } finally {
    clearInterval(heartbeat);
    await rm(aside, { recursive: true, force: true }).catch(() => {}); // what went wrong first is what counts
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function putInPlace(aside: string, place: string): Promise<void> {
  const old = `${aside}.old`;
  const replaced = await rename(place, old).then(
    () => true,
    () => false,
  );
  await rename(aside, place);
  if (replaced) await rm(old, { recursive: true });
}

/** Removes what dead processes left; a set that one of them had just moved out of its place comes back. */
async function sweep(place: string): Promise<void> {
  const folder = dirname(place);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const left = name.startsWith(`${basename(place)}.`) && name.slice(basename(place).length);
    const [, machine = '', id = '', old] =
      /^\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part(\.old)?$/.exec(left || '') ?? [];
    if (machine === '' || (await isWritten(path, machine, Number(id)))) continue;
    if (old && !(await isThere(place))) await rename(path, place);
    else await rm(path, { recursive: true, force: true });
  }
}

async function isWritten(path: string, machine: string, id: number): Promise<boolean> {
  if (machine === here()) return processExists(id);
  const marked = await stat(path).catch(() => undefined);
  return marked !== undefined && Date.now() - marked.mtimeMs < SILENCE_MS;
}

/** Where a process's number means the same process: containers number their own. */
function here(): string {
  let processes = '';
  try {
    processes = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has these.
  }
  return hash('sha1', `${hostname()}\0${processes}`, 'hex').slice(0, 8);
}

import { chown, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BubblewrapOptions, bubblewrapCommand, type Places } from './bubblewrap.ts';
import { copyTree, type Prepared } from './prepared.ts';

/** How a rollout gets its private copy: layered over the prepared tree, or copied from it. */
export type CopyMechanism = 'overlay' | 'copy';

/**
 * Where this program runs as root, sandboxes run as this user, which owns nothing else: a process with root's own id
 * could read root's files through any hole, and the kernel does not hold it to a number of processes.
 */
export const SANDBOX_USER = 60_999;

export const runsAsRoot = process.getuid?.() === 0;

/** Where the private mounts go: inside a mount namespace of their own, over an empty folder of every Linux. */
const MOUNTS = '/mnt';

/** @returns the command that starts a sandbox's bash, to be run in `base`; `folder` gets what the rollout writes */
export async function isolatedCommand(
  base: string,
  folder: string,
  prepared: Prepared,
  mechanism: CopyMechanism,
  options: BubblewrapOptions,
): Promise<string[]> {
  const lower = relative(base, prepared.tree);
  if (mechanism === 'copy') {
    await copyTree(prepared.tree, join(folder, 'tree'));
    const tree = `mount --bind ${relative(base, join(folder, 'tree'))} ${MOUNTS}/tree`;
    return inPrivateMounts(base, prepared, tree, options);
  }
  for (const name of ['upper', 'work']) {
    await mkdir(join(folder, name));
    if (runsAsRoot) await chown(join(folder, name), SANDBOX_USER, SANDBOX_USER);
  }
  const [upper, work] = ['upper', 'work'].map((name) => relative(base, join(folder, name)));
  const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  const flags = runsAsRoot ? 'volatile' : 'volatile,userxattr';
  const tree = `mount -t overlay -o ${layers},${flags} overlay ${MOUNTS}/tree`;
  return inPrivateMounts(base, prepared, tree, options);
}

function inPrivateMounts(
  base: string,
  prepared: Prepared,
  mountTree: string,
  options: BubblewrapOptions,
): string[] {
  const places: Places = {
    tree: `${MOUNTS}/tree`,
    git: `${MOUNTS}/prepared/git`,
    etc: `${MOUNTS}/prepared/etc`,
  };
  const script = [
    `mount -t tmpfs -o size=1m,mode=755 sandbox ${MOUNTS}`,
    `mkdir ${MOUNTS}/tree ${MOUNTS}/prepared`,
    mountTree,
    `mount --bind ${relative(base, prepared.folder)} ${MOUNTS}/prepared`,
    'exec "$@"',
  ].join(' && ');
  const asUser = [
    'setpriv',
    '--reuid',
    `${SANDBOX_USER}`,
    '--regid',
    `${SANDBOX_USER}`,
    '--clear-groups',
    '--',
  ];
  return [
    ...['unshare', ...(runsAsRoot ? [] : ['--user', '--map-root-user']), '--mount', 'sh', '-c', script, 'sh'],
    ...(runsAsRoot ? asUser : []),
    ...bubblewrapCommand(places, options),
  ];
}

import { chown, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BubblewrapOptions, bubblewrapCommand, type Places } from './bubblewrap.ts';
import { copyTree, type Prepared } from './prepared.ts';
import { runsAsRoot, SANDBOX_USER } from './user.ts';

/** How a rollout gets its private copy: layered over the prepared tree, or copied from it. */
export type CopyMechanism = 'overlay' | 'copy';

/** Where the private mounts go: inside a mount namespace of their own, over an empty folder of every Linux. */
const MOUNTS = '/mnt';

const PLACES: Places = {
  tree: `${MOUNTS}/tree`,
  git: `${MOUNTS}/prepared/git`,
  etc: `${MOUNTS}/prepared/etc`,
  scratch: `${MOUNTS}/rollout/scratch`,
};

const AS_USER = [
  'setpriv',
  '--reuid',
  `${SANDBOX_USER}`,
  '--regid',
  `${SANDBOX_USER}`,
  '--clear-groups',
  '--',
];

/** The folders that a private copy is made from and in, all of them below `base`. */
export interface CopyFolders {
  readonly base: string;
  readonly prepared: Prepared;
  /** Gets what the rollout writes. */
  readonly rollout: string;
}

/**
 * Makes the folders of a private copy.
 *
 * @returns the command that mounts it and becomes the sandbox's bash, to be run in `base`
 */
export async function isolatedCommand(
  folders: CopyFolders,
  mechanism: CopyMechanism,
  options: BubblewrapOptions,
): Promise<string[]> {
  const { base, prepared, rollout } = folders;
  const names = mechanism === 'overlay' ? ['upper', 'work', 'scratch'] : ['scratch'];
  for (const name of names) {
    await mkdir(join(rollout, name));
    if (runsAsRoot) await chown(join(rollout, name), SANDBOX_USER, SANDBOX_USER);
  }
  if (mechanism === 'copy') await copyTree(prepared.tree, join(rollout, 'tree'));
  // Paths relative to `base`: mount options give colons and commas a meaning, and these names have none.
  const mountTree = mechanism === 'overlay' ? overlay(folders) : `mount --bind "$1/tree" ${MOUNTS}/tree`;
  const script = [
    `mount -t tmpfs -o size=1m,mode=755 sandbox ${MOUNTS}`,
    `mkdir ${MOUNTS}/tree ${MOUNTS}/rollout ${MOUNTS}/prepared`,
    mountTree,
    `mount --bind "$1" ${MOUNTS}/rollout`,
    `mount --bind "$2" ${MOUNTS}/prepared`,
    'shift 2; exec "$@"',
  ].join(' && ');
  return [
    ...['unshare', ...(runsAsRoot ? [] : ['--user', '--map-root-user']), '--mount', 'sh', '-c', script, 'sh'],
    ...[relative(base, rollout), relative(base, prepared.folder)],
    ...(runsAsRoot ? AS_USER : []),
    ...bubblewrapCommand(PLACES, options),
  ];
}

function overlay({ base, prepared, rollout }: CopyFolders): string {
  const [lower, upper, work] = [prepared.tree, join(rollout, 'upper'), join(rollout, 'work')].map((path) =>
    relative(base, path),
  );
  // Volatile: nothing of a rollout must outlast a crash of the machine, so no write waits for the disk.
  const flags = runsAsRoot ? 'volatile' : 'volatile,userxattr';
  const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
  return `mount -t overlay -o ${layers},${flags} overlay ${MOUNTS}/tree`;
}

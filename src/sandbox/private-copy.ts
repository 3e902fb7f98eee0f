import { chown, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type BubblewrapOptions, bubblewrapCommand, TEMPORARY, temporaryLimit } from './bubblewrap.ts';
import { copyTree, type Prepared } from './prepared.ts';
import { runsAsRoot, SANDBOX_USER } from './user.ts';

/** The folders that a private copy is made from and in. */
export interface CopyFolders {
  /** Where the command is run; all others lie below. */
  readonly base: string;
  readonly prepared: Prepared;
  /** Gets what the rollout writes. */
  readonly rollout: string;
}

/** A way to give each rollout its own copy of a tree. */
export interface Mechanism {
  readonly name: string;
  /** Whether what is not changed is shared by all rollouts. */
  readonly shares: boolean;
  worksWith(options: BubblewrapOptions): boolean;
  /**
   * Makes the folders of a private copy.
   *
   * @returns the command that becomes the sandbox's bash
   */
  command(folders: CopyFolders, options: BubblewrapOptions): Promise<string[]>;
}

/**
 * Where this program mounts by itself: over an empty folder of every Linux, in a mount namespace of its own. As root
 * it does, since it drops root's rights before bubblewrap is started; and as any user, since bubblewrap itself can
 * mount an overlay only since version 0.11.
 */
const MOUNTS = '/mnt';

const mountedOverlay: Mechanism = {
  name: 'overlay',
  shares: true,
  worksWith: () => true,
  command: async (folders, options) => {
    await makeFolders(folders, ['upper', 'work', 'scratch']);
    // Volatile: nothing of a rollout must outlast a crash of the machine, so no write waits for the disk.
    const flags = runsAsRoot ? 'volatile' : 'volatile,userxattr';
    const { base, prepared, rollout } = folders;
    const [lower, at] = [relative(base, prepared.tree), relative(base, rollout)];
    const layers = `lowerdir=${lower},upperdir=${at}/upper,workdir=${at}/work`;
    return mounted(folders, options, `mount -t overlay -o ${layers},${flags} overlay ${MOUNTS}/tree`);
  },
};

const bubblewrapOverlay: Mechanism = {
  name: 'overlay of bubblewrap',
  shares: true,
  worksWith: ({ version }) => !runsAsRoot && version.atLeast(0, 11),
  command: async (folders, options) => {
    await makeFolders(folders, ['upper', 'work', 'scratch']);
    const { prepared, rollout } = folders;
    const layers = [
      '--overlay-src',
      prepared.tree,
      '--overlay',
      join(rollout, 'upper'),
      join(rollout, 'work'),
    ];
    return unmounted(folders, options, (path) => [...layers, path]);
  },
};

const mountedCopy: Mechanism = {
  name: 'copies',
  shares: false,
  worksWith: () => runsAsRoot,
  command: async (folders, options) => {
    await makeFolders(folders, ['scratch']);
    await copyTree(folders.prepared.tree, join(folders.rollout, 'tree'));
    return mounted(folders, options, `mount --bind "$1/tree" ${MOUNTS}/tree`);
  },
};

const bubblewrapCopy: Mechanism = {
  name: 'copies',
  shares: false,
  worksWith: () => !runsAsRoot,
  command: async (folders, options) => {
    await makeFolders(folders, ['scratch']);
    const tree = join(folders.rollout, 'tree');
    await copyTree(folders.prepared.tree, tree);
    return unmounted(folders, options, (path) => ['--bind', tree, path]);
  },
};

/** The best first. */
export const MECHANISMS: readonly Mechanism[] = [
  bubblewrapOverlay,
  mountedOverlay,
  mountedCopy,
  bubblewrapCopy,
];

async function makeFolders({ rollout }: CopyFolders, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await mkdir(join(rollout, name));
    if (runsAsRoot) await chown(join(rollout, name), SANDBOX_USER, SANDBOX_USER);
  }
}

/** The sandbox in private mounts: nothing of them is seen outside, and they end with its last process. */
function mounted(folders: CopyFolders, options: BubblewrapOptions, mountTree: string): string[] {
  const { base, prepared, rollout } = folders;
  const owner = runsAsRoot ? SANDBOX_USER : 0;
  const readOnly = options.readOnly.map((path, number) => [`${MOUNTS}/read-${number}`, path] as const);
  const script = [
    `mount -t tmpfs -o size=${temporaryLimit(options.limits)},mode=755 sandbox ${MOUNTS}`,
    `install -d -o ${owner} -g ${owner} -m 700 ${MOUNTS}/tree ${MOUNTS}/rollout ${MOUNTS}/prepared ${MOUNTS}/home`,
    `install -d -o ${owner} -g ${owner} -m 1777 ${MOUNTS}/tmp ${MOUNTS}/shm`,
    mountTree,
    `mount --bind "$1" ${MOUNTS}/rollout`,
    `mount --bind "$2" ${MOUNTS}/prepared`,
    'shift 2',
    // Mounted while there are still the rights to reach them.
    ...readOnly.map(([from]) => `mkdir ${from} && mount --bind "$1" ${from} && shift`),
    'exec "$@"',
  ].join(' && ');
  const places = {
    tree: (path: string) => ['--bind', `${MOUNTS}/tree`, path],
    git: `${MOUNTS}/prepared/git`,
    etc: `${MOUNTS}/prepared/etc`,
    scratch: `${MOUNTS}/rollout/scratch`,
    temporary: Object.entries(TEMPORARY).flatMap(([name, path]) => ['--bind', `${MOUNTS}/${name}`, path]),
    readOnly,
  };
  return [
    ...['unshare', ...(runsAsRoot ? [] : ['--user', '--map-root-user']), '--mount', 'sh', '-c', script, 'sh'],
    // Relative to `base`: mount options give colons and commas a meaning, and these names have none.
    ...[relative(base, rollout), relative(base, prepared.folder), ...options.readOnly],
    ...(runsAsRoot ? AS_SANDBOX_USER : []),
    ...bubblewrapCommand(places, options),
  ];
}

const AS_SANDBOX_USER = [
  ...['setpriv', '--reuid', `${SANDBOX_USER}`, '--regid', `${SANDBOX_USER}`],
  ...['--clear-groups', '--'],
];

/** The sandbox as bubblewrap alone can make it. */
function unmounted(
  { prepared, rollout }: CopyFolders,
  options: BubblewrapOptions,
  tree: (path: string) => readonly string[],
): string[] {
  const folders = Object.values(TEMPORARY);
  const share = Math.floor(temporaryLimit(options.limits) / folders.length);
  const size = options.version.atLeast(0, 7) ? ['--size', `${share}`] : [];
  const temporary = folders.flatMap((path) => [...size, '--tmpfs', path]);
  const { git, etc } = prepared;
  const readOnly = options.readOnly.map((path) => [path, path] as const);
  return bubblewrapCommand(
    { tree, git, etc, scratch: join(rollout, 'scratch'), temporary, readOnly },
    options,
  );
}

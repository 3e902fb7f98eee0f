import { existsSync, lstatSync, readFileSync, readlinkSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { environment, HOME } from './environment.ts';
import { type SandboxLimits, TESTBED } from './sandbox.ts';

/** User and group id inside a sandbox. */
const INSIDE = 1000;
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** System folders that are links into `/usr` on a merged system, and folders elsewhere. */
const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** What programs need to find libraries, certificates, time zones and each other; no accounts, keys or hosts. */
const ETC = [
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'nsswitch.conf', 'protocols', 'services'],
  ...['ssl/certs', 'ssl/openssl.cnf', 'pki/tls/certs', 'pki/ca-trust/extracted', 'ca-certificates'],
  ...['localtime', 'timezone', 'os-release', 'debian_version', 'lsb-release', 'mime.types', 'magic'],
  ...['terminfo', 'fonts', 'perl', 'crypto-policies'],
];

/** Folders that lie in memory, with the share of the memory's limit that each may fill. */
const TEMPORARY = [
  { path: '/tmp', mode: '1777', share: 1 / 4 },
  { path: HOME, mode: '0700', share: 1 / 4 },
  { path: '/dev/shm', mode: '1777', share: 1 / 8 },
];

export interface Places {
  /** The private copy that becomes `/testbed`. */
  readonly tree: string;
  /** The prepared `.git` and files of `/etc`. */
  readonly git: string;
  readonly etc: string;
  /** Empty folder for the patch's index and objects. */
  readonly scratch: string;
}

export interface BubblewrapOptions {
  readonly limits: SandboxLimits;
  readonly network: boolean;
  /** Folders of the host that are shown, read-only, at the same path. */
  readonly readOnly: readonly string[];
}

/** The command line that runs a bash with nothing of the machine around it but what is named here. */
export function bubblewrapCommand(places: Places, options: BubblewrapOptions): string[] {
  return [
    'bwrap',
    ...['--unshare-all', '--die-with-parent', '--new-session', '--as-pid-1', '--hostname', 'sandbox'],
    ...['--uid', `${INSIDE}`, '--gid', `${INSIDE}`, '--clearenv'],
    ...(options.network ? ['--share-net'] : []),
    ...systemFolders(options),
    ...systemFiles(places, options),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...temporaryFolders(options.limits),
    ...['--ro-bind', places.git, REPOSITORY, '--bind', places.scratch, SCRATCH],
    ...['--bind', places.tree, TESTBED, '--remount-ro', '/', '--remount-ro', '/dev', '--chdir', TESTBED],
    ...Object.entries(environment(PATH, HOME)).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['bash', '--noprofile', '--norc', '--noediting', '-i'],
  ];
}

export const REPOSITORY = '/run/sera/git';
export const SCRATCH = '/run/sera/patch';

function systemFolders({ readOnly }: BubblewrapOptions): string[] {
  const shown = ['/usr', '/nix/store', '/run/current-system', ...readOnly].filter((path) => existsSync(path));
  const bound = shown.flatMap((path) => ['--ro-bind', path, path]);
  const linked = SYSTEM.filter((path) => existsSync(path)).flatMap((path) =>
    lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path],
  );
  return [...bound, ...linked];
}

function systemFiles(places: Places, { network }: BubblewrapOptions): string[] {
  const kept = ETC.map((name) => `/etc/${name}`).flatMap((path) => ['--ro-bind-try', path, path]);
  const made = ['passwd', 'group', 'hosts', 'hostname'];
  const resolver = network ? ['--ro-bind-try', '/etc/resolv.conf', '/etc/resolv.conf'] : [];
  return [
    ...kept,
    ...made.flatMap((name) => ['--ro-bind', join(places.etc, name), `/etc/${name}`]),
    ...resolver,
  ];
}

function temporaryFolders({ memory }: SandboxLimits): string[] {
  return TEMPORARY.flatMap(({ path, mode, share }) => [
    ...['--perms', mode, '--size', `${Math.floor(memory * share)}`, '--tmpfs', path],
  ]);
}

/** Bytes in the folders of a sandbox that lie in memory. */
export function temporaryUse(first: number): number {
  return TEMPORARY.reduce((sum, { path }) => sum + used(`/proc/${first}/root${path}`), 0);
}

function used(folder: string): number {
  try {
    const { bsize, blocks, bfree } = statfsSync(folder);
    return (blocks - bfree) * bsize;
  } catch {
    return 0;
  }
}

/** The process inside that everything else of a sandbox descends from, and ends with. */
export function firstProcess(bubblewrap: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${bubblewrap}/task/${bubblewrap}/children`, 'latin1');
    const [first] = children.trim().split(' ');
    return first === undefined || first === '' ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

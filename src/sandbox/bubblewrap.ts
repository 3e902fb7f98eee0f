import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { HOME } from './environment.ts';
import { FILTER } from './launched.ts';
import { INSIDE } from './patch.ts';
import type { SandboxLimits } from './sandbox.ts';
import type { Version } from './version.ts';

/** User and group id inside a sandbox. */
const USER = 1000;

/** System folders that are links into `/usr` on a merged system, and folders elsewhere. */
const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** What programs need to find libraries, certificates, time zones and each other; no accounts, keys or hosts. */
const ETC = [
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'nsswitch.conf', 'protocols', 'services'],
  ...['ssl/certs', 'ssl/openssl.cnf', 'pki/tls/certs', 'pki/ca-trust/extracted', 'ca-certificates'],
  ...['localtime', 'timezone', 'os-release', 'debian_version', 'lsb-release', 'mime.types', 'magic'],
  ...['terminfo', 'fonts', 'crypto-policies', 'inputrc', 'manpath.config', 'xml', 'sgml'],
];

/** Folders that languages keep parts of themselves in. */
const TOOLS =
  /^(java|python|perl|php|ruby|lua|ghc|erlang|elixir|mono|dotnet|maven|gradle|ant|R)[-\d.]*$|^java-/;

/** Folders that lie in memory, and may together fill half of what a rollout may use of it. */
export const TEMPORARY = { tmp: '/tmp', home: HOME, shm: '/dev/shm' } as const;

/** Bytes that the folders in memory may hold together. */
export function temporaryLimit({ memory }: SandboxLimits): number {
  return Math.floor(memory / 2);
}

export interface Places {
  /** Arguments that mount the private copy at a path. */
  readonly tree: (path: string) => readonly string[];
  /** The prepared `.git` and files of `/etc`. */
  readonly git: string;
  readonly etc: string;
  /** Empty folder for the patch's index and objects. */
  readonly scratch: string;
  /** Arguments that mount the folders in memory. */
  readonly temporary: readonly string[];
  /** Folders of the machine that are shown, read-only: where they are, and where they are shown. */
  readonly readOnly: readonly (readonly [from: string, to: string])[];
}

export interface BubblewrapOptions {
  readonly limits: SandboxLimits;
  readonly network: boolean;
  /** More folders of the machine that are shown, read-only, at the same path. */
  readonly readOnly: readonly string[];
  /** Where bubblewrap itself is. */
  readonly program: string;
  readonly version: Version;
  /** File with a filter of system calls, which is to be open at `FILTER`. */
  readonly filter: string | undefined;
}

/** The command line that runs a bash with nothing of the machine around it but what is named here. */
export function bubblewrapCommand(places: Places, options: BubblewrapOptions): string[] {
  const { filter, network, program, version } = options;
  return [
    ...[
      program,
      '--unshare-all',
      '--unshare-user',
      '--cap-drop',
      'ALL',
      '--new-session',
      '--die-with-parent',
    ],
    ...['--as-pid-1', '--hostname', 'sandbox', '--uid', `${USER}`, '--gid', `${USER}`],
    ...(version.atLeast(0, 8) ? ['--disable-userns'] : []),
    ...(filter === undefined ? [] : ['--seccomp', `${FILTER}`]),
    ...(network ? ['--share-net'] : []),
    ...systemFolders(),
    ...systemFiles(places, options),
    ...['--proc', '/proc', '--dev', '/dev', ...places.temporary],
    ...places.readOnly.flatMap(([from, to]) => ['--ro-bind', from, to]),
    ...['--ro-bind', places.git, INSIDE.repository, '--bind', places.scratch, INSIDE.scratch],
    ...[...places.tree(INSIDE.tree), '--remount-ro', '/', '--remount-ro', '/dev', '--chdir', INSIDE.tree],
    ...['bash', '--noprofile', '--norc', '--noediting', '-i'],
  ];
}

function systemFolders(): string[] {
  const shown = ['/usr', '/nix/store', '/run/current-system'].filter((path) => existsSync(path));
  const linked = SYSTEM.filter((path) => existsSync(path)).flatMap((path) =>
    lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path],
  );
  return [...shown.flatMap((path) => ['--ro-bind', path, path]), ...linked];
}

function systemFiles(places: Places, { network }: BubblewrapOptions): string[] {
  const tools = readdirSync('/etc').filter((name) => TOOLS.test(name));
  const kept = [...ETC, ...tools]
    .map((name) => `/etc/${name}`)
    .flatMap((path) => ['--ro-bind-try', path, path]);
  const made = ['passwd', 'group', 'hosts', 'hostname'];
  const resolver = network ? ['--ro-bind-try', '/etc/resolv.conf', '/etc/resolv.conf'] : [];
  return [
    ...kept,
    ...made.flatMap((name) => ['--ro-bind', join(places.etc, name), `/etc/${name}`]),
    ...resolver,
  ];
}

/** Bytes in the folders of a sandbox that lie in memory. */
export function temporaryUse(first: number): number {
  const roots = Object.values(TEMPORARY).map((path) => `/proc/${first}/root${path}`);
  // Where one file system holds several of them, it counts once.
  return [...new Map(roots.map((root) => [deviceOf(root), root])).values()]
    .map(used)
    .reduce((a, b) => a + b, 0);
}

function deviceOf(folder: string): number {
  try {
    return statSync(folder).dev;
  } catch {
    return 0;
  }
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

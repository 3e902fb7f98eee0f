import { SandboxError } from './errors.ts';
import { quote } from './quote.ts';
import { TESTBED } from './sandbox.ts';
import type { Warden } from './warden.ts';

/** Where the starting point's `.git` lies inside a sandbox, out of the rollout's reach, and where it is worked on. */
export interface PatchPlaces {
  /** The rollout's tree. */
  readonly tree: string;
  readonly repository: string;
  readonly scratch: string;
}

/** The places inside a sandbox that has a file system of its own. */
export const INSIDE: PatchPlaces = { tree: TESTBED, repository: '/run/sera/git', scratch: '/run/sera/patch' };

const PATCH_LIMIT = 64 << 20;
/** Seconds. */
const PATCH_TIMEOUT = 300;

/**
 * What decides how git reads and prints is fixed here, and nothing of it can come from the repository: its
 * `.git`, with whatever a rollout did to configuration, hooks, filters and history, is not looked at.
 */
const GIT = [
  'git',
  ...[
    'core.fsmonitor=false',
    'core.untrackedCache=false',
    'core.splitIndex=false',
    'core.hooksPath=/dev/null',
  ],
  ...['core.compression=0', 'core.bigFileThreshold=16m', 'core.fsync=none', 'core.autocrlf=false'],
  ...['core.quotePath=true', 'core.attributesFile=/dev/null', 'core.excludesFile=/dev/null', 'gc.auto=0'],
  ...['diff.renames=true', 'diff.algorithm=myers', 'diff.context=3', 'diff.mnemonicPrefix=false'],
  ...['diff.noprefix=false', 'diff.external=', 'add.ignoreErrors=true', 'advice.addEmbeddedRepo=false'],
]
  .map((word) => (word === 'git' ? word : `-c ${word}`))
  .join(' ');

/**
 * @returns the unified diff of the tree against its starting point, as `git add -A && git diff --cached` gives it;
 * bytes that are not UTF-8 are replaced
 */
export async function takePatch(warden: Warden, places: PatchPlaces): Promise<string> {
  const script = inRepository(
    places,
    `{ ${GIT} add -A || true; } >/dev/null &&
    ${GIT} diff --cached --no-color --no-ext-diff --no-textconv --src-prefix=a/ --dst-prefix=b/ HEAD >&8`,
  );
  const { status, bytes, length } = await warden.call(script, { limit: PATCH_LIMIT, timeout: PATCH_TIMEOUT });
  if (status !== 0) throw new SandboxError(`the patch could not be taken: git ended with status ${status}`);
  if (length > PATCH_LIMIT) throw new SandboxError(`the patch is larger than ${PATCH_LIMIT} bytes`);
  return bytes.toString('utf8');
}

/**
 * The starting point's index with what this sandbox's file system says of each file, so that git need not read the
 * unchanged ones again.
 *
 * @returns undefined where git cannot give one
 */
export async function refreshedIndex(warden: Warden, places: PatchPlaces): Promise<Buffer | undefined> {
  const script = inRepository(
    places,
    `{ ${GIT} update-index -q --refresh || true; } && cat "$GIT_INDEX_FILE" >&8`,
  );
  const { status, bytes } = await warden.call(script, { limit: PATCH_LIMIT, timeout: PATCH_TIMEOUT });
  return status === 0 && bytes.length > 0 ? bytes : undefined;
}

function inRepository(places: PatchPlaces, script: string): string {
  const [tree, repository, scratch] = [places.tree, places.repository, places.scratch].map(quote);
  return `(
    cd ${tree} || exit 1
    export GIT_DIR=${repository} GIT_WORK_TREE=${tree} GIT_INDEX_FILE=${scratch}/index \
      GIT_OBJECT_DIRECTORY=${scratch}/objects GIT_ALTERNATE_OBJECT_DIRECTORIES=${repository}/objects \
      GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 \
      GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0 LC_ALL=C
    rm -rf ${scratch}/objects ${scratch}/index*
    mkdir -p ${scratch}/objects && cp -p ${repository}/index ${scratch}/index &&
    ${script}
  ) 2>/dev/null`;
}

import { SandboxError } from './errors.ts';
import { quote } from './quote.ts';
import type { Warden } from './warden.ts';

/** Where the starting point's `.git` lies inside a sandbox, out of the rollout's reach, and where it is worked on. */
export interface PatchPlaces {
  /** The rollout's tree. */
  readonly tree: string;
  readonly repository: string;
  readonly scratch: string;
  /** The tree whose difference is the patch: a commit or tree of `repository`. */
  readonly base: string;
}

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

/** @returns the unified diff of the sandbox's tree against its starting point, as `git add -A && git diff --cached` */
export async function takePatch(warden: Warden, places: PatchPlaces): Promise<string> {
  const { base } = places;
  const [tree, repository, scratch] = [places.tree, places.repository, places.scratch].map(quote);
  const script = `(
    cd ${tree} || exit 1
    ulimit -d unlimited
    export GIT_DIR=${repository} GIT_WORK_TREE=${tree} GIT_INDEX_FILE=${scratch}/index \\
      GIT_OBJECT_DIRECTORY=${scratch}/objects GIT_ALTERNATE_OBJECT_DIRECTORIES=${repository}/objects \\
      GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1 \\
      GIT_OPTIONAL_LOCKS=0 GIT_TERMINAL_PROMPT=0 LC_ALL=C
    rm -rf ${scratch}/index.lock ${scratch}/objects
    mkdir -p ${scratch}/objects && cp ${repository}/index ${scratch}/index &&
    { ${GIT} add -A || true; } >/dev/null &&
    ${GIT} diff --cached --no-color --no-ext-diff --no-textconv --src-prefix=a/ --dst-prefix=b/ ${base} >&8
  ) 2>/dev/null`;
  const { status, bytes, length } = await warden.call(script, { limit: PATCH_LIMIT, timeout: PATCH_TIMEOUT });
  if (status !== 0) throw new SandboxError(`the patch could not be taken: git ended with status ${status}`);
  if (length > PATCH_LIMIT) throw new SandboxError(`the patch is larger than ${PATCH_LIMIT} bytes`);
  return bytes.toString('utf8');
}

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine } from './engine.ts';
import { SandboxError } from './errors.ts';
import { makePlain } from './plain-git.ts';
import { quote } from './quote.ts';
import { TESTBED } from './sandbox.ts';

/** What a rollout's container is made from. */
export interface ImageSource {
  readonly image: string;
  /** Bash that prepares it at `/testbed`, with network; its result is kept. */
  readonly setup?: string;
  /** Whether the image holds the repository at `/testbed` already. */
  readonly holdsRepository: boolean;
}

/** An image with the repository at `/testbed`, at its starting point, and a copy of the `.git` there. */
export interface PreparedImage {
  readonly name: string;
  readonly git: string;
}

/** Part of every name, to be counted up when images are prepared in another way. */
const GENERATION = 1;
const NO_GIT = 90;
const SETUP_FAILED = 91;

/**
 * The starting point is one commit without history, so that nothing of the future is in it, with what the setup
 * made; dates and names are fixed, so that the same tree has the same commit.
 */
const SNAPSHOT = `
command -v git >/dev/null || exit ${NO_GIT}
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='2000-01-01T00:00:00Z'
export GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE GIT_AUTHOR_NAME=base GIT_AUTHOR_EMAIL=base@localhost
export GIT_COMMITTER_NAME=base GIT_COMMITTER_EMAIL=base@localhost
cd ${TESTBED} && chown -R 0:0 . 2>/dev/null
commit() { git -c core.hooksPath=/dev/null -c commit.gpgSign=false commit --quiet --allow-empty -m base "$@"; }
`;
const AFRESH = 'rm -rf .git && git init --quiet && git add --all && commit';
const AMEND = 'git add --all && { git diff --cached --quiet HEAD || commit --amend; }';

/**
 * Finds the image that was prepared before, or prepares it.
 *
 * @param tree folder with the files and their `.git`; not looked at where the image holds the repository
 * @param folder is made; the copy of the `.git` goes there
 * @param ulimits words for the engine
 * @throws SandboxError the image cannot be had, has no git, or its setup failed
 */
export async function prepareImage(
  engine: Engine,
  source: ImageSource,
  tree: string,
  { folder, ulimits }: { readonly folder: string; readonly ulimits: readonly string[] },
): Promise<PreparedImage> {
  const content = source.holdsRepository ? '' : await treeHash(tree);
  const parts = [GENERATION, await imageId(engine, source.image), content, source.setup ?? ''];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
  const name = `localhost/sera-prepared:${hash}`;
  if (!(await engine.succeeds(['image', 'inspect', name])))
    await build(engine, source, tree, { name, ulimits });
  await mkdir(folder, { recursive: true });
  await inContainer(engine, ['--entrypoint', 'true', name], async (container) => {
    await engine.run(['cp', `${container}:${TESTBED}/.git`, join(folder, 'git')]);
  });
  await makePlain(join(folder, 'git'));
  return { name, git: join(folder, 'git') };
}

/**
 * Copies the repository that an image holds at `/testbed`, at its starting point: a tree for `open`.
 *
 * @param to folder that is made
 */
export async function copyRepository(engine: Engine, image: PreparedImage, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await inContainer(engine, ['--entrypoint', 'true', image.name], async (container) => {
    await engine.run(['cp', `${container}:${TESTBED}/.`, to]);
  });
}

async function imageId(engine: Engine, image: string): Promise<string> {
  const inspect = ['image', 'inspect', '--format', '{{.Id}}', image];
  if (!(await engine.succeeds(inspect))) await engine.run(['pull', image]);
  return engine.run(inspect);
}

async function treeHash(tree: string): Promise<string> {
  const words = [`--git-dir=${join(tree, '.git')}`, 'rev-parse', 'HEAD^{tree}'];
  const { stdout } = await promisify(execFile)('git', words).catch(() => {
    throw new SandboxError(`${tree}: not a prepared tree, its .git has no commit`);
  });
  return stdout.trim();
}

async function build(
  engine: Engine,
  source: ImageSource,
  tree: string,
  { name, ulimits }: { readonly name: string; readonly ulimits: readonly string[] },
): Promise<void> {
  const { image, setup, holdsRepository } = source;
  const script = [
    SNAPSHOT,
    ...(holdsRepository ? [AFRESH] : []),
    ...(setup === undefined ? [] : [`bash -ec ${quote(setup)} || exit ${SETUP_FAILED}`, AMEND]),
  ].join('\n');
  const create = ['--user', '0:0', '--workdir', '/', '--entrypoint', 'bash', image, '-c', script];
  const network = setup === undefined ? ['--network', 'none'] : [];
  await inContainer(engine, [...network, ...ulimits, ...create], async (container) => {
    if (!holdsRepository) await engine.run(['cp', `${tree}/.`, `${container}:${TESTBED}`]);
    await start(engine, container, source);
    await engine.run(['commit', container, name]);
  });
}

async function start(engine: Engine, container: string, { image }: ImageSource): Promise<void> {
  await engine.run(['start', '--attach', container]).catch(async (error: Error) => {
    const status = await engine.run(['inspect', '--format', '{{.State.ExitCode}}', container]);
    if (status === `${NO_GIT}`)
      throw new SandboxError(`the image ${image} has no git; sandboxes need bash and git`);
    if (status === `${SETUP_FAILED}`)
      throw new SandboxError(`the setup failed in ${image}: ${error.message}`);
    throw new SandboxError(`the image ${image} could not be prepared: ${error.message}`);
  });
}

async function inContainer(
  engine: Engine,
  words: readonly string[],
  use: (container: string) => Promise<void>,
): Promise<void> {
  const container = await engine.run(['create', ...words]);
  try {
    await use(container);
  } finally {
    await engine.succeeds(['rm', '--force', container]);
  }
}

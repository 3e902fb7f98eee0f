import { type ExecaError, execa } from 'execa';
import { RepositoryError } from './errors.ts';

/**
 * Settings under which git only reads: nothing of a foreign repository's configuration runs a program, fetches, takes
 * a lock or rewrites content, and a repository of another owner may be read.
 */
const READ_ONLY = [
  '--no-optional-locks',
  ...settings({
    'core.fsmonitor': 'false',
    'core.hooksPath': '/dev/null',
    'core.attributesFile': '/dev/null',
    'core.autocrlf': 'false',
    'core.quotePath': 'false',
    'protocol.allow': 'never',
    'safe.directory': '*',
    'gc.auto': '0',
  }),
];

/** Variables that say which repository git works on, or that change what it reads there. */
const POINTS_ELSEWHERE =
  /^GIT_(?:DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|COMMON_DIR|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX|CEILING_DIRECTORIES|SHALLOW_FILE|GRAFT_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|CONFIG|CONFIG_PARAMETERS|ATTR_SOURCE|TRACE.*|QUARANTINE_PATH|DEFAULT_HASH|EXTERNAL_DIFF)$/;

export function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/**
 * The user's environment without what would point git elsewhere; `isolated` also without the user's configuration,
 * which reading does not need. What reaches a network keeps it: proxies, certificates, credentials.
 */
export function gitEnvironment(options: { readonly isolated: boolean }): Record<string, string> {
  const drop = options.isolated ? /^GIT_/ : POINTS_ELSEWHERE;
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !drop.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    ...(options.isolated && {
      GIT_NO_LAZY_FETCH: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
    }),
  };
}

export function readOnlyWords(directory: string, words: readonly string[]): string[] {
  return [...READ_ONLY, '-C', directory, ...words];
}

/**
 * Runs git on a repository that is only read.
 *
 * @returns standard output without the last newline
 * @throws RepositoryError with git's own telling line
 */
export async function readGit(
  directory: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const output = await readGitBytes(directory, words, signal);
  return output.toString('utf8').replace(/\n$/, '');
}

/** As `readGit`, or undefined where git says no: there is no such thing. */
export async function askGit(
  directory: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    return await readGit(directory, words, signal);
  } catch (error) {
    if (error instanceof GitFailure) return undefined;
    throw error;
  }
}

/** As `readGit`, with the output as it came. */
export async function readGitBytes(
  directory: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<Buffer> {
  return run(readOnlyWords(directory, words), gitEnvironment({ isolated: true }), signal);
}

/**
 * Runs git with the user's own configuration and credentials, for what needs a network.
 *
 * @param configuration settings that reach git in its environment, where no list of processes shows them
 */
export async function fetchGit(
  words: readonly string[],
  configuration: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string> {
  const quiet = settings({ 'core.hooksPath': '/dev/null', 'gc.auto': '0', 'protocol.ext.allow': 'never' });
  const env = gitEnvironment({ isolated: false });
  const before = Number(env.GIT_CONFIG_COUNT ?? 0);
  for (const [at, [key, value]] of Object.entries(configuration).entries()) {
    env[`GIT_CONFIG_KEY_${before + at}`] = key;
    env[`GIT_CONFIG_VALUE_${before + at}`] = value;
    env.GIT_CONFIG_COUNT = String(before + at + 1);
  }
  return (await run([...quiet, ...words], env, signal)).toString('utf8').trimEnd();
}

/** Runs git on a repository of this program's own. */
export async function ownGit(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string> {
  const env = { ...gitEnvironment({ isolated: true }), ...environment };
  const output = await run([...READ_ONLY, ...words], env, signal);
  return output.toString('utf8').trimEnd();
}

async function run(words: string[], env: Record<string, string>, signal?: AbortSignal): Promise<Buffer> {
  try {
    const { stdout } = await execa('git', words, {
      env,
      extendEnv: false,
      stdin: 'ignore',
      encoding: 'buffer',
      stripFinalNewline: false,
      maxBuffer: 1 << 30,
      ...(signal && { cancelSignal: signal }),
    });
    return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  } catch (error) {
    signal?.throwIfAborted();
    throw asRepositoryError(error as ExecaError<{ encoding: 'buffer' }>);
  }
}

/** Git ran, and ended with a status other than 0. */
export class GitFailure extends RepositoryError {
  override readonly name = 'GitFailure';
}

function asRepositoryError(error: ExecaError<{ encoding: 'buffer' }>): RepositoryError {
  if (error.code === 'ENOENT') return new RepositoryError('git is not installed: apt-get install git');
  if (error.exitCode === undefined)
    return new RepositoryError(
      `git could not be run to its end: ${error.code ?? error.signal ?? 'unknown cause'}`,
    );
  const lines = Buffer.from(error.stderr ?? [])
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const telling =
    lines.find((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? error.shortMessage;
  return new GitFailure(`git: ${withoutCredentials(telling.replace(/^(fatal|error|remote): /, ''))}`);
}

/** A URL may carry a name and a password or token; they are never stored or printed. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^/\s'"]*@/g, '$1');
}

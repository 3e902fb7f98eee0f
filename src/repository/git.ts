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

function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

/** The user's environment without what would point git elsewhere, and without configuration where it only reads. */
export function gitEnvironment(options: { readonly isolated: boolean }): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^GIT_(?!SSH|ASKPASS)/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    ...(options.isolated && { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }),
  };
}

export function readOnlyWords(directory: string, words: readonly string[]): string[] {
  return [...READ_ONLY, '-C', directory, ...words];
}

/**
 * Runs git on a repository that is only read.
 *
 * @returns standard output without the last newline
 * @throws RepositoryError with git's own last line
 */
export async function readGit(
  directory: string,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  return run(readOnlyWords(directory, words), gitEnvironment({ isolated: true }), signal);
}

/** Runs git with the user's own configuration and credentials, for what needs a network. */
export async function fetchGit(words: readonly string[], signal?: AbortSignal): Promise<string> {
  const quiet = settings({ 'core.hooksPath': '/dev/null', 'gc.auto': '0', 'protocol.ext.allow': 'never' });
  return run(
    [...quiet, ...words],
    { ...gitEnvironment({ isolated: false }), GIT_NO_LAZY_FETCH: '0' },
    signal,
  );
}

/** Runs git on a repository of this program's own. */
export async function ownGit(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<string> {
  return run([...READ_ONLY, ...words], { ...gitEnvironment({ isolated: true }), ...environment }, signal);
}

async function run(words: string[], env: Record<string, string>, signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await execa('git', words, {
      env,
      extendEnv: false,
      stdin: 'ignore',
      maxBuffer: 1 << 30,
      ...(signal && { cancelSignal: signal }),
    });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    throw asRepositoryError(error as ExecaError);
  }
}

function asRepositoryError(error: ExecaError): RepositoryError {
  if (error.code === 'ENOENT') return new RepositoryError('git is not installed: apt-get install git');
  const lines = String(error.stderr ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const telling =
    lines.find((line) => /^(fatal|error|remote):/.test(line)) ?? lines.at(-1) ?? error.shortMessage;
  return new RepositoryError(`git: ${withoutCredentials(telling.replace(/^(fatal|error|remote): /, ''))}`, {
    cause: error,
  });
}

/** A URL may carry a name and a password or token; they are never stored or printed. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s'"]+@/g, '$1');
}

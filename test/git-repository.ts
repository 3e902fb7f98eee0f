import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A scratch folder that goes away with `using`. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'sera-test-'));

  /** A path in it. */
  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Writes files by their path; folders are made. */
  write(files: Readonly<Record<string, string | Buffer>>, folder = '.'): void {
    for (const [name, content] of Object.entries(files)) {
      const path = this.at(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
  }

  /** A git repository with one commit. */
  repository(files: Readonly<Record<string, string | Buffer>>, name = 'project'): string {
    this.write(files, name);
    const path = this.at(name);
    mkdirSync(path, { recursive: true });
    git(path, 'init', '--quiet', '--initial-branch=main');
    commitAll(path, 'first');
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Runs git as somebody, whatever this machine's configuration says. */
export function git(folder: string, ...words: string[]): string {
  return gitWith({}, folder, ...words);
}

export function gitWith(variables: Record<string, string>, folder: string, ...words: string[]): string {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = {
    ...Object.fromEntries(kept),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
    ...variables,
  };
  return execFileSync('git', ['-C', folder, ...words], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** @returns the new commit */
export function commitAll(folder: string, message: string, date = '2024-01-01T00:00:00Z'): string {
  git(folder, 'add', '--all', '--force');
  const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  gitWith(dates, folder, 'commit', '--quiet', '--allow-empty', '-m', message);
  return git(folder, 'rev-parse', 'HEAD');
}

/** Every path below a folder with its kind, content and times, `.git` included. */
export function everythingIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) found.set(path, `-> ${readlinkSync(path)}`);
    else found.set(path, entry.isFile() ? readFileSync(path).toString('base64') : 'folder');
  }
  return found;
}

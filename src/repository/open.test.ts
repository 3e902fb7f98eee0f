import { existsSync, mkdirSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { commitAll, everythingIn, git, Scratch } from '../../test/git-repository.ts';
import { UsageError } from '../error.ts';
import { openRepository, RepositoryError, UnknownRepositoryError } from './index.ts';

const FILES = { 'a.py': 'def a(): pass\n', 'sub/b.py': 'def b(): pass\n' };

afterEach(() => vi.unstubAllEnvs());

async function namesOf(spec: string, cache: string): Promise<string[]> {
  const repository = await openRepository(spec, { cache });
  const { functions } = await repository.functions(repository.commits[0] ?? '');
  return functions.map(({ name }) => name);
}

describe('a folder with a git repository', () => {
  test('is opened at HEAD, under its name', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    const repository = await openRepository(path, { cache: scratch.at('cache') });
    expect(repository).toMatchObject({
      name: 'project',
      location: realpathSync(path),
      commits: [git(path, 'rev-parse', 'HEAD')],
      notes: [],
    });
  });

  test('stays as it is, to the byte, whatever is done with it', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    scratch.write({ 'a.py': 'def changed(): pass\n', 'new.py': 'x' }, 'project');
    git(path, 'add', 'new.py');
    utimesSync(scratch.at('project/sub/b.py'), 1, 1);
    const before = everythingIn(path);
    const repository = await openRepository(path, { cache: scratch.at('cache') });
    await repository.functions(repository.commits[0] ?? '');
    await repository.tree(repository.commits[0] ?? '');
    await repository.tree(repository.commits[0] ?? '', { history: true });
    expect(everythingIn(path)).toEqual(before);
  });

  test('with changes that are not committed: HEAD is used, and a note says so', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    writeFileSync(scratch.at('project/a.py'), 'def changed(): pass\n');
    const repository = await openRepository(path, { cache: scratch.at('cache') });
    expect(repository.notes).toEqual([expect.stringContaining('not committed')]);
    expect(await namesOf(path, scratch.at('cache'))).toEqual(['a', 'b']);
  });

  test('whose files only have other times is not changed', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    utimesSync(scratch.at('project/a.py'), 1, 1);
    expect((await openRepository(path, { cache: scratch.at('cache') })).notes).toEqual([]);
  });

  test('runs none of the programs that its configuration names', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ ...FILES, '.gitattributes': '*.py filter=evil diff=evil\n' });
    const trap = `touch ${scratch.at('ran')}`;
    for (const key of ['core.fsmonitor', 'filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process']) {
      git(path, 'config', key, trap);
    }
    git(path, 'config', 'filter.evil.required', 'true');
    git(path, 'config', 'diff.evil.textconv', trap);
    git(path, 'config', 'log.showSignature', 'true');
    git(path, 'config', 'gpg.program', trap);
    mkdirSync(scratch.at('project/.git/hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'post-index-change', 'pre-commit', 'reference-transaction']) {
      writeFileSync(scratch.at('project/.git/hooks', hook), `#!/bin/sh\n${trap}\n`, { mode: 0o755 });
    }
    rmSync(scratch.at('ran'), { force: true });
    utimesSync(scratch.at('project/.git/index'), 1, 1); // older than the files: git reads them to be sure
    const repository = await openRepository(path, { cache: scratch.at('cache') });
    await repository.functions(repository.commits[0] ?? '');
    await repository.tree(repository.commits[0] ?? '');
    await openRepository(path, { cache: scratch.at('cache'), commits: 1, since: '2020-01-01' });
    expect(existsSync(scratch.at('ran'))).toBe(false);
  });

  test('is found whatever git variables the shell has', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    const other = scratch.repository({ 'other.py': 'def other(): pass\n' }, 'other');
    vi.stubEnv('GIT_DIR', `${other}/.git`);
    vi.stubEnv('GIT_WORK_TREE', other);
    vi.stubEnv('GIT_INDEX_FILE', '/nonexistent');
    expect(await namesOf(path, scratch.at('cache'))).toEqual(['a', 'b']);
  });

  test('can be bare, a linked work tree, or a shallow clone', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    commitAll(path, 'second');
    git(path, 'clone', '--quiet', '--bare', path, scratch.at('bare.git'));
    git(path, 'worktree', 'add', '--quiet', scratch.at('linked'));
    git(path, 'clone', '--quiet', '--depth=1', `file://${path}`, scratch.at('shallow'));
    for (const name of ['bare.git', 'linked', 'shallow']) {
      expect(await namesOf(scratch.at(name), scratch.at('cache')), name).toEqual(['a', 'b']);
    }
    const cache = scratch.at('cache');
    expect((await openRepository(scratch.at('bare.git'), { cache })).name).toBe('bare');
    const period = { cache, commits: 2, since: '2020-01-01' };
    await expect(openRepository(scratch.at('shallow'), period)).rejects.toThrow(/shallow clone/);
    const unknown = { cache, commit: git(path, 'rev-parse', 'HEAD~1') };
    await expect(openRepository(scratch.at('shallow'), unknown)).rejects.toThrow(
      /no commit .* shallow clone/,
    );
  });

  test('one of its folders: the functions below it, with paths from the top', async () => {
    using scratch = new Scratch();
    scratch.repository(FILES);
    const repository = await openRepository(scratch.at('project/sub'), { cache: scratch.at('cache') });
    const { functions } = await repository.functions(repository.commits[0] ?? '');
    expect(functions.map(({ id }) => id)).toEqual(['sub/b.py::b']);
    expect(repository).toMatchObject({ name: 'project', notes: [expect.stringContaining('part of')] });
  });

  test('a folder in it that git does not know is taken as it stands', async () => {
    using scratch = new Scratch();
    scratch.repository(FILES);
    scratch.write({ 'c.py': 'def c(): pass\n' }, 'project/new');
    expect(await namesOf(scratch.at('project/new'), scratch.at('cache'))).toEqual(['c']);
  });
});

describe('what cannot be opened is one line', () => {
  const refusal = async (spec: string, options: object = {}) => {
    using scratch = new Scratch();
    const error: unknown = await openRepository(spec, { cache: scratch.at('cache'), ...options }).catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(Error);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return error as Error;
  };

  test('no such folder, a file, nothing that could be a repository', async () => {
    using scratch = new Scratch();
    scratch.write({ file: '' });
    for (const spec of [scratch.at('missing'), scratch.at('file'), 'a/b/c', '', '--upload-pack=x']) {
      expect(await refusal(spec)).toBeInstanceOf(UnknownRepositoryError);
    }
  });

  test('a repository without a commit', async () => {
    using scratch = new Scratch();
    mkdirSync(scratch.at('empty'));
    git(scratch.at('empty'), 'init', '--quiet');
    expect(await refusal(scratch.at('empty'))).toMatchObject({
      message: expect.stringContaining('no commit yet'),
    });
  });

  test('an unknown commit, and one that would be an option', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    for (const commit of ['nope', 'deadbeef', '--all', '0'.repeat(40)]) {
      expect(await refusal(path, { commit })).toBeInstanceOf(UnknownRepositoryError);
    }
  });

  test('a choice of commits that contradicts itself', async () => {
    using scratch = new Scratch();
    const path = scratch.repository(FILES);
    for (const choice of [
      { commits: 2 },
      { since: '2024-01-01' },
      { commits: 0, since: '2024-01-01' },
      { commits: 2, since: 'yesterday-ish' },
      { commits: 2, since: '2024-13-01' },
      { commits: 2, since: '2030-01-01' },
    ]) {
      expect(await refusal(path, choice)).toBeInstanceOf(UsageError);
    }
  });

  test('a clone that fails, without what stood in its URL', async () => {
    const error = await refusal('https://user:secret%40x@127.0.0.1:1/owner/name.git');
    expect(error).toBeInstanceOf(RepositoryError);
    expect(error.message).toContain('127.0.0.1:1/owner/name');
    expect(`${error.message} ${String(error.cause ?? '')}`).not.toMatch(/secret|user/);
  });
});

describe('a repository by its URL', () => {
  test('is cloned once, and knows what was committed since', async () => {
    using scratch = new Scratch();
    const origin = scratch.repository(FILES, 'owner/origin');
    const url = `file://${origin}`;
    const cache = scratch.at('cache');
    const first = await openRepository(url, { cache });
    expect(first).toMatchObject({ name: 'owner/origin', location: url, notes: [] });
    scratch.write({ 'c.py': 'def c(): pass\n' }, 'owner/origin');
    const second = commitAll(origin, 'second');
    expect((await openRepository(url, { cache })).commits).toEqual([second]);
    expect(await namesOf(url, cache)).toEqual(['a', 'c', 'b']);
    expect((await openRepository(url, { cache, commit: second.slice(0, 10) })).commits).toEqual([second]);
  });

  test('that is gone is read from its clone, with a note; a known commit needs it not at all', async () => {
    using scratch = new Scratch();
    const origin = scratch.repository(FILES, 'owner/origin');
    const url = `file://${origin}`;
    const cache = scratch.at('cache');
    const { commits } = await openRepository(url, { cache });
    rmSync(origin, { recursive: true });
    expect((await openRepository(url, { cache })).notes).toEqual([expect.stringContaining('its clone of')]);
    expect((await openRepository(url, { cache, pinned: commits })).notes).toEqual([]);
    expect((await openRepository(url, { cache, commit: commits[0] ?? '' })).notes).toEqual([]);
  });

  test('whose main branch got another name is followed', async () => {
    using scratch = new Scratch();
    const origin = scratch.repository(FILES, 'owner/origin');
    const cache = scratch.at('cache');
    await openRepository(`file://${origin}`, { cache });
    git(origin, 'branch', '--move', 'main', 'trunk');
    const latest = commitAll(origin, 'second');
    expect((await openRepository(`file://${origin}`, { cache })).commits).toEqual([latest]);
  });

  test('is cloned by several processes at once', async () => {
    using scratch = new Scratch();
    const url = `file://${scratch.repository(FILES, 'owner/origin')}`;
    const cache = scratch.at('cache');
    const opened = await Promise.all(Array.from({ length: 4 }, () => namesOf(url, cache)));
    expect(opened).toEqual(Array(4).fill(['a', 'b']));
  });

  test('keeps no credentials', async () => {
    using scratch = new Scratch();
    const origin = scratch.repository(FILES, 'owner/origin');
    const url = `file://user:secret@${origin}`;
    const cache = scratch.at('cache');
    const repository = await openRepository(url, { cache });
    expect(repository.location).toBe(`file://${origin}`);
    await openRepository(url, { cache });
    const kept = [...everythingIn(cache)].map(
      ([path, content]) => `${path} ${Buffer.from(content, 'base64')}`,
    );
    expect(kept.filter((text) => /secret/.test(text))).toEqual([]);
  });
});

test('commits that were chosen before are kept, however the repository has grown', async () => {
  using scratch = new Scratch();
  const path = scratch.repository(FILES);
  const cache = scratch.at('cache');
  const { commits } = await openRepository(path, { cache, commits: 1, since: '2020-01-01' });
  commitAll(path, 'second', '2024-05-01T00:00:00Z');
  const again = await openRepository(path, { cache, commits: 1, since: '2020-01-01', pinned: commits });
  expect(again.commits).toEqual(commits);
  await expect(openRepository(path, { cache, pinned: ['0'.repeat(40)] })).rejects.toThrow(
    UnknownRepositoryError,
  );
});

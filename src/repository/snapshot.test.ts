import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { everythingIn, git, Scratch } from '../../test/git-repository.ts';
import { openRepository } from './index.ts';

test('a folder that is no repository is taken as it stands, byte for byte, and not touched', async () => {
  using scratch = new Scratch();
  const files = {
    'a.py': 'def a(): pass\r\n',
    '.gitignore': 'ignored.py\n',
    '.gitattributes': '* text=auto eol=lf ident\n',
    'ignored.py': 'def ignored(): pass\n',
    binary: Buffer.from([0, 255, 10, 13]),
    'deep/name with "quotes" and \\ and\nnewline': 'x',
    'ü/名': 'y',
    empty: '',
  };
  scratch.write(files, 'folder');
  chmodSync(scratch.at('folder/a.py'), 0o755);
  symlinkSync('a.py', scratch.at('folder/link'));
  const before = everythingIn(scratch.at('folder'));
  const repository = await openRepository(scratch.at('folder'), { cache: scratch.at('cache') });
  const [commit = ''] = repository.commits;
  expect(repository).toMatchObject({
    name: 'folder',
    notes: [expect.stringContaining('not a git repository')],
  });
  expect((await repository.functions(commit)).functions.map(({ id }) => id)).toEqual([
    'a.py::a',
    'ignored.py::ignored',
  ]);
  const tree = await repository.tree(commit);
  for (const [name, content] of Object.entries(files)) {
    expect(readFileSync(`${tree}/${name}`), name).toEqual(Buffer.from(content));
  }
  expect(readlinkSync(`${tree}/link`)).toBe('a.py');
  expect(everythingIn(scratch.at('folder'))).toEqual(before);
});

test('the same content has the same commit wherever it stands; other content has another', async () => {
  using scratch = new Scratch();
  const commitOf = async (folder: string, files: Record<string, string>) => {
    scratch.write(files, folder);
    return (await openRepository(scratch.at(folder), { cache: scratch.at('cache') })).commits[0];
  };
  const one = await commitOf('one', { 'a.py': 'x', 'b/c.py': 'y' });
  expect(one).toMatch(/^[0-9a-f]{40}$/);
  expect(await commitOf('one', {})).toBe(one);
  expect(await commitOf('two', { 'b/c.py': 'y', 'a.py': 'x' })).toBe(one);
  expect(await commitOf('one', { 'a.py': 'z' })).not.toBe(one);
  const again = await openRepository(scratch.at('one'), { cache: scratch.at('cache'), pinned: [one ?? ''] });
  expect(readFileSync(`${await again.tree(one ?? '')}/a.py`, 'utf8')).toBe('x');
});

test('what tools leave behind is not taken, nor the cache, nor a repository inside but its files', async () => {
  using scratch = new Scratch();
  scratch.write({
    'folder/a.py': 'def a(): pass\n',
    'folder/node_modules/x/i.js': 'function x() {}\n',
    'folder/__pycache__/a.pyc': 'x',
    'folder/.venv/lib/v.py': 'def v(): pass\n',
    'folder/.sera/sera.db': 'x',
  });
  scratch.repository({ 'inner.py': 'def inner(): pass\n' }, 'folder/nested');
  mkdirSync(scratch.at('folder/nothing'));
  git(scratch.at('folder/nothing'), 'init', '--quiet');
  const cache = scratch.at('folder/cache');
  const open = () => openRepository(scratch.at('folder'), { cache });
  const first = await open();
  expect((await first.functions(first.commits[0] ?? '')).functions.map(({ id }) => id)).toEqual([
    'a.py::a',
    'nested/inner.py::inner',
  ]);
  expect((await open()).commits).toEqual(first.commits);
});

test('a file that cannot be read costs itself alone, and an empty folder has no functions', async () => {
  using scratch = new Scratch();
  scratch.write({ 'folder/a.py': 'def a(): pass\n' });
  mkdirSync(scratch.at('empty'));
  writeFileSync(scratch.at('folder/large.bin'), '');
  const { truncateSync } = await import('node:fs');
  truncateSync(scratch.at('folder/large.bin'), 257 * 2 ** 20);
  const repository = await openRepository(scratch.at('folder'), { cache: scratch.at('cache') });
  expect(repository.notes).toHaveLength(2);
  expect(repository.notes[1]).toMatch(/^1 file/);
  expect(readdirSync(await repository.tree(repository.commits[0] ?? '')).sort()).toEqual(['.git', 'a.py']);
  const empty = await openRepository(scratch.at('empty'), { cache: scratch.at('cache') });
  expect((await empty.functions(empty.commits[0] ?? '')).functions).toEqual([]);
  expect(readdirSync(await empty.tree(empty.commits[0] ?? ''))).toEqual(['.git']);
});

test('by several at once', async () => {
  using scratch = new Scratch();
  scratch.write({ 'folder/a.py': 'def a(): pass\n' });
  const open = () => openRepository(scratch.at('folder'), { cache: scratch.at('cache') });
  const commits = await Promise.all(Array.from({ length: 4 }, async () => (await open()).commits[0]));
  expect(new Set(commits).size).toBe(1);
});

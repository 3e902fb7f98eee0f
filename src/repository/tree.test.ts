import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commitAll, git, Scratch } from '../../test/git-repository.ts';
import { openRepository, RepositoryError } from './index.ts';

async function treeOf(path: string, cache: string, options: { history?: boolean; commit?: string } = {}) {
  const repository = await openRepository(path, { cache, commit: options.commit });
  return repository.tree(repository.commits[0] ?? '', { history: options.history ?? false });
}

describe('the tree of a commit', () => {
  test('has the files as they are stored, with their modes and links', async () => {
    using scratch = new Scratch();
    scratch.write({ 'run.sh': '#!/bin/sh\n', 'deep/er/a.py': 'x\n', 'crlf.txt': 'a\r\nb\n' }, 'project');
    chmodSync(scratch.at('project/run.sh'), 0o755);
    symlinkSync('deep/er', scratch.at('project/link'));
    symlinkSync('/etc/passwd', scratch.at('project/out'));
    symlinkSync('nowhere', scratch.at('project/dangling'));
    const tree = await treeOf(scratch.repository({}), scratch.at('cache'));
    expect(readFileSync(`${tree}/crlf.txt`, 'utf8')).toBe('a\r\nb\n');
    expect(readFileSync(`${tree}/deep/er/a.py`, 'utf8')).toBe('x\n');
    expect(statSync(`${tree}/run.sh`).mode & 0o777).toBe(0o755);
    expect(statSync(`${tree}/crlf.txt`).mode & 0o777).toBe(0o644);
    expect(['link', 'out', 'dangling'].map((name) => readlinkSync(`${tree}/${name}`))).toEqual([
      'deep/er',
      '/etc/passwd',
      'nowhere',
    ]);
  });

  test('is not changed by the attributes of the repository, nor is what is added to it', async () => {
    using scratch = new Scratch();
    const attributes =
      '* text=auto eol=crlf\n*.sub export-subst ident\n*.no export-ignore\n*.lfs filter=lfs\n';
    const files = {
      'a.txt': 'one\r\ntwo\n',
      'b.sub': '$Format:%H$ $Id$\n',
      'c.no': 'kept\n',
      'd.lfs': 'version https://git-lfs.github.com/spec/v1\n',
    };
    scratch.write(files, 'project');
    const path = scratch.at('project');
    git(path, 'init', '--quiet', '--initial-branch=main');
    commitAll(path, 'as they are');
    scratch.write({ '.gitattributes': attributes }, 'project');
    git(path, 'add', '.gitattributes');
    git(path, 'commit', '--quiet', '-m', 'attributes');
    const tree = await treeOf(path, scratch.at('cache'));
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(`${tree}/${name}`, 'utf8'), name).toBe(content);
    }
    expect(git(tree, 'status', '--porcelain')).toBe('');
    writeFileSync(`${tree}/a.txt`, 'one\r\ntwo\r\nthree\n');
    git(tree, 'add', '--all');
    expect(git(tree, 'diff', '--cached', '--stat')).toMatch(/2 \+-|1 insertion|2 insertions/);
    expect(git(tree, 'show', ':a.txt')).toBe('one\r\ntwo\r\nthree');
  });

  test('is a repository of one commit that nothing but the content decides', async () => {
    using scratch = new Scratch();
    const files = { 'a.py': 'def a(): pass\n', 'b/c.py': 'x\n' };
    const path = scratch.repository(files, 'one');
    git(path, 'remote', 'add', 'origin', 'https://example.com/x.git');
    git(path, 'tag', 'v1');
    const tree = await treeOf(path, scratch.at('cache'));
    expect(git(tree, 'log', '--all', '--format=%an %ad %s', '--date=iso')).toBe(
      'sera 2000-01-01 00:00:00 +0000 Starting point',
    );
    expect(git(tree, 'remote')).toBe('');
    expect(git(tree, 'tag')).toBe('');
    expect(git(tree, 'status', '--porcelain', '--branch')).toBe('## main');
    expect(readdirSync(`${tree}/.git`)).not.toContain('hooks');
    expect(git(tree, 'rev-parse', 'HEAD^{tree}')).toBe(git(path, 'rev-parse', 'HEAD^{tree}'));
    expect(git(tree, 'count-objects')).toMatch(/^[01] objects/);
    commitAll(path, 'another with the same files', '2025-01-01T00:00:00Z');
    const other = await treeOf(scratch.repository(files, 'two'), scratch.at('other'));
    expect(git(other, 'rev-parse', 'HEAD')).toBe(git(tree, 'rev-parse', 'HEAD'));
  });

  test('holds nothing of what came later or before', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a.py': 'past secret\n' });
    scratch.write({ 'a.py': 'present\n' }, 'project');
    const present = commitAll(path, 'present');
    scratch.write({ 'a.py': 'future secret\n' }, 'project');
    const future = commitAll(path, 'future');
    const objects = (tree: string) =>
      git(tree, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)');
    const tree = await treeOf(path, scratch.at('cache'), { commit: present });
    expect(objects(tree).split('\n')).toHaveLength(3);
    const history = await treeOf(path, scratch.at('cache'), { commit: present, history: true });
    expect(git(history, 'log', '--format=%s')).toBe('present\nfirst');
    expect(git(history, 'status', '--porcelain')).toBe('');
    expect(objects(history)).not.toContain(future);
    expect(existsSync(`${history}/.git/objects/info/alternates`)).toBe(false);
  });

  test('with history, of a shallow clone: as much as there is', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a.py': 'x\n' });
    for (const name of ['second', 'third', 'fourth']) commitAll(path, name);
    git(path, 'clone', '--quiet', '--depth=2', `file://${path}`, scratch.at('shallow'));
    const tree = await treeOf(scratch.at('shallow'), scratch.at('cache'), { history: true });
    expect(git(tree, 'log', '--format=%s')).toBe('fourth\nthird');
  });

  test('is made once, also by several at once', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a.py': 'x\n' });
    const cache = scratch.at('cache');
    const made = await Promise.all(Array.from({ length: 4 }, () => treeOf(path, cache)));
    expect(new Set(made).size).toBe(1);
    expect(readdirSync(`${cache}/trees`)).toHaveLength(1);
    const [tree = ''] = made;
    const born = lstatSync(tree).ino;
    await treeOf(path, cache);
    expect(lstatSync(tree).ino).toBe(born);
  });

  test('may be read by everybody, whatever the umask', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a/b.py': 'x\n', 'run.sh': '#!/bin/sh\n' });
    chmodSync(`${path}/run.sh`, 0o755);
    commitAll(path, 'executable');
    const program = `
      import { openRepository } from ${JSON.stringify(`${import.meta.dirname}/index.ts`)};
      process.umask(0o077);
      const repository = await openRepository(${JSON.stringify(path)}, { cache: ${JSON.stringify(scratch.at('cache'))} });
      console.log(await repository.tree(repository.commits[0]));`;
    const tree = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    }).trim();
    const closed = readdirSync(tree, { recursive: true, encoding: 'utf8' }).filter((name) => {
      const { mode } = statSync(`${tree}/${name}`);
      return (mode & 0o004) === 0 || (statSync(`${tree}/${name}`).isDirectory() && (mode & 0o001) === 0);
    });
    expect(closed).toEqual([]);
    expect(statSync(`${tree}/run.sh`).mode & 0o777).toBe(0o755);
    expect(git(tree, 'status', '--porcelain')).toBe('');
  });

  test('keeps names that are not UTF-8, and submodules as empty folders', async () => {
    using scratch = new Scratch();
    const inner = scratch.repository({ 'x.py': '' }, 'inner');
    const path = scratch.repository({ 'a.py': '' });
    git(path, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'lib');
    const name = Buffer.from([0xff, 0xfe]);
    writeFileSync(Buffer.concat([Buffer.from(`${path}/`), name]), 'raw');
    commitAll(path, 'odd');
    const tree = await treeOf(path, scratch.at('cache'));
    expect(readFileSync(Buffer.concat([Buffer.from(`${tree}/`), name]), 'utf8')).toBe('raw');
    expect(readdirSync(`${tree}/lib`)).toEqual([]);
    expect(git(tree, 'status', '--porcelain')).toBe('');
  });
});

describe('a hostile repository', () => {
  /** A commit with one tree entry that git itself would refuse. */
  function commitWith(
    path: string,
    entries: readonly (readonly [mode: string, name: string, hash: string])[],
  ): string {
    const tree = Buffer.concat(
      entries.map(([mode, name, hash]) =>
        Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(hash, 'hex')]),
      ),
    );
    const words = ['-C', path, 'hash-object', '-t', 'tree', '-w', '--literally', '--stdin'];
    const id = execFileSync('git', words, { input: tree, encoding: 'utf8' }).trim();
    return git(path, 'commit-tree', '-m', 'hostile', id);
  }

  const blobOf = (path: string, text: string) =>
    execFileSync('git', ['-C', path, 'hash-object', '-w', '--stdin'], {
      input: text,
      encoding: 'utf8',
    }).trim();

  test('writes nothing outside of the tree, nor into its .git', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a.py': '' });
    const blob = blobOf(path, 'evil');
    for (const name of ['..', '.', '.git', '.GIT', '']) {
      const inner = git(path, 'rev-parse', `${commitWith(path, [['100644', 'evil', blob]])}^{tree}`);
      const commit = commitWith(path, [['40000', name, inner]]);
      await expect(treeOf(path, scratch.at('cache'), { commit }), JSON.stringify(name)).rejects.toThrow(
        RepositoryError,
      );
    }
    expect(existsSync(scratch.at('cache/trees/evil'))).toBe(false);
    expect(existsSync(scratch.at('cache/trees')) ? readdirSync(scratch.at('cache/trees')) : []).toEqual([]);
  });

  test('does not write through a link', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a.py': '' });
    mkdirSync(scratch.at('outside'));
    const link = blobOf(path, scratch.at('outside'));
    const inner = git(
      path,
      'rev-parse',
      `${commitWith(path, [['100644', 'evil', blobOf(path, 'evil')]])}^{tree}`,
    );
    const commit = commitWith(path, [
      ['120000', 'a', link],
      ['40000', 'a', inner],
    ]);
    await expect(treeOf(path, scratch.at('cache'), { commit })).rejects.toThrow();
    expect(readdirSync(scratch.at('outside'))).toEqual([]);
  });

  test('of which an object is missing has no tree', async () => {
    using scratch = new Scratch();
    const path = scratch.repository({ 'a.py': '' });
    const commit = commitWith(path, [['100644', 'gone.py', '1'.repeat(40)]]);
    await expect(treeOf(path, scratch.at('cache'), { commit })).rejects.toThrow(
      /lacks the object 1+ \(gone\.py\)/,
    );
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sera } from '../../test/fixtures/sera.ts';
import { commitAll, Scratch } from '../../test/git-repository.ts';

const FILES = {
  'app.py': 'class App:\n    def run(self):\n        return 1\n\n\ndef main(): pass\n',
  'web/view.tsx': 'export const View = () => <p />;\n',
  'tests/test_app.py': 'def test_app(): pass\n',
};

test('--json: an object a line and nothing else', async () => {
  using scratch = new Scratch();
  const { stdout, stderr } = await sera([
    'functions',
    scratch.repository(FILES),
    '--cache',
    scratch.at('cache'),
    '--json',
  ]);
  expect(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      id: 'app.py::App.run',
      file: 'app.py',
      name: 'App.run',
      language: 'python',
      start_line: 2,
      end_line: 3,
    },
    { id: 'app.py::main', file: 'app.py', name: 'main', language: 'python', start_line: 6, end_line: 6 },
    {
      id: 'web/view.tsx::View',
      file: 'web/view.tsx',
      name: 'View',
      language: 'typescript',
      start_line: 1,
      end_line: 1,
    },
  ]);
  expect(stderr).toBe('3 functions: 2 python, 1 typescript\nfiles left out: 1 tests\n');
});

test('for people: places and names, what was found and what was left out', async () => {
  using scratch = new Scratch();
  const path = scratch.repository({ ...FILES, 'odd\n\x1b[31m.py': 'def odd(): pass\n' });
  const { stdout } = await sera(['functions', path, '--cache', scratch.at('cache'), '--include', 'tests']);
  expect(stdout).toBe(
    [
      'app.py:2-3  App.run',
      'app.py:6  main',
      'odd\\x0a\\x1b[31m.py:1  odd',
      'tests/test_app.py:1  test_app',
      'web/view.tsx:1  View\n',
    ].join('\n'),
  );
});

test('several commits are told apart', async () => {
  using scratch = new Scratch();
  const path = scratch.repository(FILES);
  const second = commitAll(path, 'second', '2024-06-01T00:00:00Z');
  const words = [
    'functions',
    path,
    '--cache',
    scratch.at('cache'),
    '--commits',
    '2',
    '--since',
    '2023-01-01',
  ];
  const json = (await sera([...words, '--json', '--language', 'typescript'])).stdout;
  const commits = json
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).commit);
  expect(commits).toHaveLength(2);
  expect(commits[1]).toBe(second);
  expect((await sera(words)).stdout).toContain(`commit ${second}\n`);
});

test('what is typed wrongly is one line and status 2', async () => {
  using scratch = new Scratch();
  const path = scratch.repository(FILES);
  for (const words of [
    [scratch.at('missing')],
    [path, '--commit', 'nope'],
    [path, '--language', 'cobol'],
    [path, '--commits', '3'],
    [path, '--commits', '0', '--since', '2024-01-01'],
    [path, '--commits', '2', '--since', 'soon'],
  ]) {
    const ended = await sera(['functions', ...words, '--cache', scratch.at('cache')], { mayFail: true });
    expect(ended, words.join(' ')).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^sera: .+\n$/);
  }
});

const entry = join(import.meta.dirname, '../../test/fixtures/main.ts');

test('is quiet when its reader has gone', () => {
  using scratch = new Scratch();
  const lines = Array.from({ length: 20_000 }, (_, i) => `def f${i}(): pass\n`);
  const path = scratch.repository({ 'many.py': lines.join('') });
  const command = `"${process.execPath}" "${entry}" functions "${path}" --cache "${scratch.at('cache')}" --json | head -1`;
  const output = execFileSync('bash', ['-c', `${command}; echo "\${PIPESTATUS[0]}"`], { encoding: 'utf8' });
  expect(output).toMatch(/^\{"id":"many\.py::f0".*\}\n0\n$/);
});

test('Ctrl-C ends it with status 130, and what it began aside is gone', async () => {
  using scratch = new Scratch();
  const words = ['functions', 'ssh://localhost:1/x/y', '--cache', scratch.at('cache')];
  const environment = { ...process.env, GIT_SSH_COMMAND: 'sleep 60 #' };
  const child = spawn(process.execPath, [entry, ...words], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  while (!existsSync(scratch.at('cache/clones'))) await setTimeout(20);
  child.kill('SIGINT');
  const [status] = await once(child, 'close');
  expect(status).toBe(130);
  expect(execFileSync('ls', ['-R', scratch.at('cache')], { encoding: 'utf8' })).not.toMatch(/\.git/);
});

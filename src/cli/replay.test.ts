import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whyNoSandbox } from '../../test/sandboxes.ts';

const run = promisify(execFile);
const SERA = join(import.meta.dirname, 'main.ts');
const START = `import { main } from ${JSON.stringify(SERA)}; await main(process.argv.slice(1));`;

const reason = await whyNoSandbox();

let folder: string;
let repository: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-replay-'));
  repository = join(folder, 'repository');
  await run('git', ['init', '-q', repository]);
  await writeFile(join(repository, 'a.txt'), 'one\n');
  await writeFile(join(repository, '.gitignore'), '*.log\n');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'start');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function git(...args: string[]) {
  return run('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args]);
}

async function replay(lines: readonly (object | string)[], ...flags: string[]) {
  const calls = join(folder, 'calls.jsonl');
  await writeFile(
    calls,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '-e', START, 'replay', repository, '--calls', calls, ...flags],
    { cwd: folder },
  );
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const bash = (command: string) => ({ name: 'bash', arguments: { command } });

describe.skipIf(reason)(`recorded calls${reason ? ` (${reason})` : ''}`, () => {
  test('prints an object for each call, and the patch at the end', async () => {
    const [written, ignored, viewed, edited, removed, end, ...more] = await replay([
      bash('cd /tmp; echo two > /testbed/b.txt'),
      bash('pwd; touch /testbed/x.log'),
      { name: 'str_replace_editor', arguments: { command: 'view', path: '/testbed/a.txt' } },
      {
        name: 'str_replace_editor',
        arguments: JSON.stringify({
          command: 'insert',
          path: '/testbed/a.txt',
          insert_line: 1,
          new_str: 'x',
        }),
      },
      '',
      bash('rm /testbed/b.txt; echo 1 > /testbed/a.txt'),
    ]);
    expect(written).toEqual({
      observation: 'Your last command ran successfully and did not produce any output.',
      files_changed: ['b.txt'],
    });
    expect(ignored).toEqual({ observation: 'OBSERVATION:\n/tmp', files_changed: [] });
    expect(viewed.files_changed).toEqual([]);
    expect(edited.files_changed).toEqual(['a.txt']);
    expect(removed.files_changed).toEqual(['a.txt', 'b.txt']);
    expect(end.patch).toContain('-one\n+1\n');
    expect(more).toEqual([]);
    expect(await readdir(repository)).toEqual(['.git', '.gitignore', 'a.txt']);
  });

  test('speaks the other profile, and takes the patch that was submitted', async () => {
    const lines = await replay(
      [bash('cd /tmp'), bash('pwd'), bash('echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT; echo patch')],
      '--profile',
      'mini',
      '--json',
    );
    expect(lines[1]).toEqual({
      observation: '<returncode>0</returncode>\n<output>\n/testbed\n</output>',
      files_changed: [],
    });
    expect(lines.at(-1)).toEqual({ patch: 'patch\n' });
  });

  test('what a model got wrong comes back as the observation it had', async () => {
    const [broken, unknown] = await replay([{ name: 'bash', arguments: '{"command' }, { name: 'python' }]);
    expect(broken.observation).toContain('not valid JSON');
    expect(unknown.observation).toContain('no tool `python`');
  });
});

test.each([
  ['no JSON', 'sera: .*calls.jsonl:2: not a tool call'],
  ['{"tool": "bash"}', 'sera: .*calls.jsonl:2: not a tool call'],
])('a line that is no call ends it before anything runs: %s', async (line, message) => {
  const failure = await replay([bash('ls'), line]).catch((error) => error);
  expect(failure).toMatchObject({ code: 2, stdout: '' });
  expect(failure.stderr).toMatch(new RegExp(`^${message}.*\\n$`));
});

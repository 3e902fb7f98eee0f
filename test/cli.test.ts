import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sera, seraProcess } from './fixtures/sera.ts';

const folder = mkdtempSync(join(tmpdir(), 'sera-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PATCH = '--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\n+c\n';

describe('every command', async () => {
  const { stdout } = await sera(['--help']);
  const commands = [...stdout.matchAll(/^ {2}(\w+)(?= )/gm)]
    .map((match) => match[1] ?? '')
    .filter((c) => c !== 'help');

  test('is listed', () => {
    expect(commands).toEqual(
      expect.arrayContaining([
        'demo',
        'doctor',
        'functions',
        'generate',
        'runs',
        'status',
        'show',
        'export',
        'replay',
        'verify',
      ]),
    );
  });

  test.each(commands)('%s has help with an example', async (command) => {
    const help = await sera([command, '--help']);
    expect(help.stdout).toMatch(/Examples?:\n.*\$ .*sera/s);
    expect(help.stderr).toBe('');
  });

  test.each(commands)('%s answers a wrong flag with one line and status 2', async (command) => {
    const ended = await sera([command, '--no-such-flag'], { mayFail: true });
    expect(ended.status).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(/^sera: (unknown option '--no-such-flag'|required option)/);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});

describe('the command line', () => {
  test.each(['runs', 'status r', 'show r', 'export r --out -'])(
    '%s says where there is no store',
    async (words) => {
      const ended = await sera([...words.split(' '), '--store', join(folder, 'none.db')], { mayFail: true });
      expect(ended).toMatchObject({ status: 1, stdout: '' });
      expect(ended.stderr).toMatch(/^sera: there is no store at .*none\.db/);
    },
  );

  test('shows where a fault happened only when asked', async () => {
    const words = ['verify', join(folder, 'a'), join(folder, 'b')];
    expect((await sera(words, { mayFail: true })).stderr).toMatch(/^sera: cannot read .*\n?$/);
    expect((await sera([...words, '--debug'], { mayFail: true })).stderr).toMatch(/\n\s+at /);
  });

  test.each([
    [{ CI: 'true' }, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('writes to a pipe with %o: in colour, %s', async (environment, coloured) => {
    writeFileSync(join(folder, 'colour.py'), 'def f():\n    return 1\n');
    const { stdout } = await seraProcess(['functions', folder], { environment });
    expect(stdout).toContain('colour.py');
    expect(stdout.includes('\x1b[')).toBe(coloured);
  });

  test('ends quietly when nobody reads on', () => {
    const pairs = join(folder, 'many.jsonl');
    const line = JSON.stringify({ target_patch: PATCH, produced_patch: PATCH });
    writeFileSync(pairs, `${line}\n`.repeat(50_000));
    const main = join(import.meta.dirname, 'fixtures', 'main.ts');
    const shell = `set -o pipefail; ${process.execPath} ${main} verify --jsonl ${pairs} | head -1`;
    const ended = spawnSync('bash', ['-c', shell], { encoding: 'utf8' });
    expect(ended.stdout).toBe('{"matched":3,"total":3,"recall":1}\n');
    expect(ended.stderr).toBe('');
  });
});

describe('sera verify', () => {
  test('compares two files', async () => {
    writeFileSync(join(folder, '1.patch'), PATCH);
    writeFileSync(join(folder, '2.patch'), PATCH.replace('+c', '+d'));
    const { stdout } = await sera(['verify', join(folder, '1.patch'), join(folder, '2.patch')]);
    expect(JSON.parse(stdout)).toEqual({ matched: 2, total: 3, recall: 2 / 3 });
  });

  test('reads pairs from standard input, and names the line that it cannot read', async () => {
    const good = JSON.stringify({ target_patch: PATCH, produced_patch: PATCH });
    const ended = await seraProcess(['verify', '--jsonl', '-'], {
      input: `${good}\n\n{"a": 1}\n`,
      mayFail: true,
    });
    expect(ended.status).toBe(2);
    expect(ended.stdout).toBe('{"matched":3,"total":3,"recall":1}');
    expect(ended.stderr).toMatch(/^sera: -:3: /);
  });
});

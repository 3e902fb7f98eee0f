import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EditedFiles } from '../../../test/agent/edited-files.ts';

let files: EditedFiles;
beforeAll(async () => {
  files = await EditedFiles.open();
});
afterAll(() => files.close());

describe('a view', () => {
  test('is clipped at 16,000 characters of the file, which are not bytes', async () => {
    await files.start({ a: '😀'.repeat(16_000), b: '😀'.repeat(16_001) });
    expect(await files.view('a')).toBe(
      `Here's the result of running \`cat -n\` on /testbed/a:\n     1\t${'😀'.repeat(16_000)}\n`,
    );
    expect(await files.view('b')).toContain(`${'😀'.repeat(16_000)}<response clipped><NOTE>`);
  });

  test('of lines is clipped too, and of a folder', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `${'n'.repeat(50)}${index}`);
    await files.start({ a: 'line\n'.repeat(5000) });
    await files.sandbox.run(`touch ${names.join(' ')}`, { timeout: 10 });
    expect((await files.view('a', [2, -1])).length).toBeGreaterThan(16_000);
    expect(await files.view('a', [2, -1])).toContain('<response clipped>');
    expect(await files.view('')).toContain('<response clipped>');
  });

  test('shows tabs as spaces up to the next column of eight', async () => {
    await files.start({ a: 'a\tb\n\tc\n' });
    expect(await files.view('a')).toContain('     1\ta       b\n     2\t        c\n');
  });

  test.each([
    [[1], 'Invalid `view_range`. It should be a list of two integers.'],
    [[1, 2, 3], 'Invalid `view_range`. It should be a list of two integers.'],
    [
      [1, 9],
      'Invalid `view_range`: [1, 9]. Its second element `9` should be smaller than the number of lines in the file: `2`',
    ],
  ])('of lines %j says what is wrong', async (range, message) => {
    await files.start({ a: 'one\n' });
    expect(await files.view('a', range)).toBe(message);
  });

  test('refuses lines of a folder, what is no file, and what cannot be read', async () => {
    await files.start({ a: 'x' });
    expect(await files.view('', [1, 2])).toBe(
      'The `view_range` parameter is not allowed when `path` points to a directory.',
    );
    await files.sandbox.run('mkfifo pipe; truncate -s 50M huge', { timeout: 10 });
    expect(await files.view('pipe')).toBe('The path /testbed/pipe is neither a file nor a directory.');
    expect(await files.view('huge')).toMatch(/^Ran into an error: \/testbed\/huge: larger/);
  });

  test('works outside the repository, as every command does', async () => {
    await files.start({});
    const path = `/tmp/sera-${process.pid}.py`;
    const request = { command: 'create', path, file_text: 'x = 1\n' };
    expect(await files.execute(request)).toBe(`File created successfully at: ${path}`);
    expect((await files.sandbox.run(`cat ${path}; rm ${path}`, { timeout: 10 })).output).toBe('x = 1');
    expect(await files.execute({ ...request, path: '/proc/x.py' })).toMatch(
      /^Ran into an error: \/proc\/x\.py: cannot be written/,
    );
  });
});

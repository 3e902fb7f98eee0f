import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxesFor, sandboxKinds } from '../../test/sandboxes.ts';
import { SandboxFileError } from './errors.ts';
import type { Sandbox, SandboxFiles } from './sandbox.ts';

const kinds = await sandboxKinds();
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

for (const kind of ['bubblewrap', 'host'] as const) {
  const missing = kinds[kind];
  describe.skipIf(missing)(`the files of a ${kind} sandbox${missing ? ` (${missing})` : ''}`, () => {
    const sandboxes = sandboxesFor(kind, {
      'a.txt': 'one\n',
      'src/b.py': 'two\n',
      '.hidden/c': '',
      'z/y/x': '',
    });
    let sandbox: Sandbox;
    let files: SandboxFiles;
    const run = async (command: string): Promise<string> =>
      (await sandbox.run(command, { timeout: 20 })).output;

    beforeAll(async () => {
      sandbox = await sandboxes.open();
      files = sandbox.files;
    });
    afterAll(() => sandbox.close());

    it.each([
      ['every byte', Buffer.concat([EVERY_BYTE, EVERY_BYTE])],
      ['nothing', Buffer.alloc(0)],
      ['no newline at the end', Buffer.from('a\nb')],
      ['Windows line ends', Buffer.from('a\r\nb\r\n')],
      ['what printf and bash would read', Buffer.from(`%s %% \\n \\\\ \\0 \\x41 $HOME \`id\` ' " !`)],
      ['zeros before digits', Buffer.from('\x007\0\x001\0\n')],
      ['megabytes', Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 31) % 251))],
    ])('keeps %s exactly as written', async (_name, content) => {
      await files.write('/testbed/new/file', content);
      expect((await files.read('/testbed/new/file')).equals(content)).toBe(true);
    });

    it.each([
      'with space',
      'with\nline break',
      `it's "quoted"`,
      '-rf',
      '$HOME`id`',
      'é日本',
      '*?[a]',
      'back\\slash',
    ])('takes the name %j', async (name) => {
      const path = `/testbed/names/${name}`;
      await files.write(path, Buffer.from(name));
      expect((await files.read(path)).toString()).toBe(name);
      expect(await files.kind(path)).toBe('file');
      expect(await files.list('/testbed/names', 1)).toContain(path);
      await run('rm -r /testbed/names');
    });

    it('tells what a path is, links followed', async () => {
      await run('ln -s /testbed/a.txt link; ln -s nowhere dangling; ln -s src folder; mkfifo fifo');
      const kinds = await Promise.all(
        ['a.txt', 'src', 'link', 'folder', 'dangling', 'nothing', 'fifo'].map((name) =>
          files.kind(`/testbed/${name}`),
        ),
      );
      expect(kinds).toEqual(['file', 'directory', 'file', 'directory', 'missing', 'missing', 'other']);
      await run('rm link dangling folder fifo');
    });

    it('keeps the mode of a file that it writes, and a link as a link', async () => {
      await run('cp a.txt script; chmod 755 script; ln -s script link');
      await files.write('/testbed/link', Buffer.from('#!/bin/sh\n'));
      expect(await run('stat -c "%a %F" script link; cat script')).toBe(
        '755 regular file\n777 symbolic link\n#!/bin/sh',
      );
    });

    it('lists levels below a folder, itself first, without hidden entries', async () => {
      await run('rm -rf new script link names');
      expect(await files.list('/testbed', 1)).toEqual(
        ['', '/a.txt', '/src', '/z'].map((at) => `/testbed${at}`),
      );
      expect(await files.list('/testbed/z', 2)).toEqual(['', '/y', '/y/x'].map((at) => `/testbed/z${at}`));
    });

    it('says what is wrong with a file that cannot be read or written', async () => {
      await run('mkfifo fifo; truncate -s 20M large; mkdir -m 000 locked');
      const read = (path: string): Promise<Buffer> => files.read(path);
      await expect(read('/testbed/none')).rejects.toThrow(
        new SandboxFileError('/testbed/none: no such file'),
      );
      await expect(read('/testbed/src')).rejects.toThrow(/not a file/);
      await expect(read('/testbed/fifo')).rejects.toThrow(/not a file/);
      await expect(read('/testbed/large')).rejects.toThrow(/larger than 10000000 bytes/);
      const content = Buffer.from('x');
      await expect(files.write('/testbed/src', content)).rejects.toThrow(/Is a directory/);
      await expect(files.write('/testbed/a.txt/b', content)).rejects.toThrow(SandboxFileError);
      await expect(files.write('/proc/none/b', content)).rejects.toThrow(SandboxFileError);
    });
  });
}

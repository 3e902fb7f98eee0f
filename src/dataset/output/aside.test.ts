import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeFolderAside } from './aside.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-aside-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = (out: string, text: string) =>
  writeFolderAside(out, (aside) => writeFile(join(aside, 'text'), text));

/** Another process that begins to write the folder and then waits for its end. */
async function writer(out: string) {
  const script = `import { writeFolderAside } from ${JSON.stringify(new URL('./aside.ts', import.meta.url))};
    await writeFolderAside(${JSON.stringify(out)}, () => new Promise((resolve) => {
      console.log('begun');
      setTimeout(resolve, 60_000);
    }));`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

test('what a killed process left is removed by the next one, and what a living one writes is not', async () => {
  const out = join(folder, 'killed');
  const [dead, living] = [await writer(out), await writer(out)];
  const asides = async () => (await readdir(folder)).filter((name) => name.startsWith('killed.'));
  expect(await asides()).toHaveLength(2);
  await dead.kill();
  await write(out, 'whole');
  expect(await asides()).toHaveLength(1);
  await living.kill();
  await write(`${out}/`, 'again');
  expect(await asides()).toEqual([]);
  expect(await readFile(join(out, 'text'), 'utf8')).toBe('again');
});

test('a set that was moved out of its place when its successor was killed comes back', async () => {
  const out = join(folder, 'moved');
  const dead = await writer(out);
  const [aside = ''] = (await readdir(folder)).filter((name) => name.startsWith('moved.'));
  await dead.kill();
  await write(out, 'before');
  await rename(out, join(folder, `${aside}.old`));
  await expect(writeFolderAside(out, async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readFile(join(out, 'text'), 'utf8')).toBe('before');
});

test('folders of another machine are left until they have been silent for an hour; others are not touched', async () => {
  const out = join(folder, 'far');
  const other = `${out}.00000000-1-00000000.part`;
  const alike = `${out}.my-own.part`;
  await mkdir(other);
  await mkdir(alike);
  await write(out, 'one');
  expect(await readdir(folder)).toContain('far.00000000-1-00000000.part');
  const before = new Date(Date.now() - 2 * 3_600_000);
  await utimes(other, before, before);
  await write(out, 'two');
  expect((await readdir(folder)).filter((name) => name.startsWith('far'))).toEqual([
    'far',
    'far.my-own.part',
  ]);
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatasetWriteError } from './errors.ts';
import { writeLines, writeText } from './write.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-write-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function* lines(count: number, fault?: Error): AsyncGenerator<string> {
  for (let i = 0; i < count; i += 1) yield `${i} ${'x'.repeat(1000)}`;
  if (fault) throw fault;
}

test('every line is written, in order, in a folder that is made', async () => {
  const path = join(folder, 'a/b/train.jsonl');
  expect(await writeLines(path, lines(3000))).toBe(3000);
  const written = (await readFile(path, 'utf8')).split('\n');
  expect(written.pop()).toBe('');
  expect(written.map((line) => Number.parseInt(line, 10))).toEqual(Array.from({ length: 3000 }, (_, i) => i));
});

test('a fault half-way leaves the old file and nothing beside it', async () => {
  const path = join(folder, 'train.jsonl');
  await writeFile(path, 'old');
  await expect(writeLines(path, lines(2000, new Error('cut')))).rejects.toThrow('cut');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['train.jsonl']);
});

test('a place that cannot be written is one clear line', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(writeLines(join(folder, 'file/train.jsonl'), lines(1))).rejects.toThrow(DatasetWriteError);
  await expect(writeLines(folder, lines(1))).rejects.toThrow(/it is a folder/);
});

test.runIf(process.platform === 'linux')(
  'a place where no folder can be made is one clear line',
  async () => {
    await expect(writeText('/proc/sera/deep/a.html', 'text')).rejects.toThrow(
      /cannot write \/proc.*cannot be made/,
    );
  },
);

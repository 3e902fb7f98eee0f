import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NO_METADATA } from './candidate.ts';
import { DatasetWriteError } from './errors.ts';
import type { Sample } from './sample.ts';
import { writeJsonl } from './write.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-write-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function* samples(count: number, fault?: Error): AsyncGenerator<Sample> {
  for (let i = 0; i < count; i += 1) {
    yield {
      messages: [{ role: 'assistant', content: 'x'.repeat(1000), train: true }],
      instance_id: `s-${i}`,
      metadata: NO_METADATA,
    };
  }
  if (fault) throw fault;
}

test('every sample becomes one line, in order, in a folder that is made', async () => {
  const path = join(folder, 'a/b/train.jsonl');
  expect(await writeJsonl(path, samples(3000))).toBe(3000);
  const lines = (await readFile(path, 'utf8')).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line).instance_id)).toEqual(
    Array.from({ length: 3000 }, (_, i) => `s-${i}`),
  );
});

test('a fault half-way leaves the old file and nothing beside it', async () => {
  const path = join(folder, 'train.jsonl');
  await writeFile(path, 'old');
  await expect(writeJsonl(path, samples(2000, new Error('cut')))).rejects.toThrow('cut');
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['train.jsonl']);
});

test('a place that cannot be written is one clear line', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(writeJsonl(join(folder, 'file/train.jsonl'), samples(1))).rejects.toThrow(DatasetWriteError);
  await expect(writeJsonl(folder, samples(1))).rejects.toThrow(/it is a folder/);
});

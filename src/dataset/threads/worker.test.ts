import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DatasetWriteError } from '../errors.ts';
import { checkRecipe } from '../recipe/recipe.ts';
import { openSource } from '../sources/open.ts';
import { portionsOf } from '../sources/portion.ts';
import { withPool } from './with-pool.ts';

test('what the disk does not take is told in words, also where a thread writes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sera-worker-'));
  try {
    const row = {
      messages: [
        { role: 'user', content: 'Hi.' },
        { role: 'assistant', content: 'Yes.' },
      ],
    };
    await writeFile(join(folder, 'a.jsonl'), JSON.stringify(row));
    const source = await openSource(join(folder, 'a.jsonl'), { store: undefined, cache: folder });
    const recipe = checkRecipe({});
    const judged = withPool({ ...recipe, cache: folder, folder: join(folder, 'gone/set') }, async (pool) => {
      for await (const portion of portionsOf(source)) await pool.run('judge', { portion, name: 'a', recipe });
    });
    await expect(judged).rejects.toThrow(DatasetWriteError);
    await expect(judged).rejects.toThrow(/cannot write .*gone: /);
  } finally {
    await rm(folder, { recursive: true });
  }
});

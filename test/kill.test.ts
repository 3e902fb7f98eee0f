import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { Store } from '../src/store/index.ts';
import { makeRepository } from './fixtures/repository.ts';
import { sera } from './fixtures/sera.ts';

const KILLS = 20;
const TASKS = 12;

const folder = mkdtempSync(join(tmpdir(), 'sera-kill-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a run that is killed again and again', () => {
  test('loses no finished stage, repeats none, and ends as one that was never disturbed', async () => {
    const repository = makeRepository(join(folder, 'project'));
    const calm = join(folder, 'calm.db');
    const disturbed = join(folder, 'disturbed.db');
    await sera(generateArguments(repository, calm));

    const seen = new Map<string, string>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      await killAfter(generateArguments(repository, disturbed), 300 + ((kill * 137) % 1100));
      for (const [key, record] of await finishedStages(disturbed)) {
        const before = seen.get(key);
        if (before !== undefined) expect(record).toBe(before); // neither lost nor made anew
        seen.set(key, record);
      }
      for (const key of seen.keys()) expect((await finishedStages(disturbed)).has(key)).toBe(true);
    }
    await sera(generateArguments(repository, disturbed));
    expect(await outcome(disturbed)).toEqual(await outcome(calm));
  }, 240_000);
});

function generateArguments(repository: string, store: string): string[] {
  return [
    'generate',
    repository,
    '--run',
    'r',
    '--count',
    String(TASKS),
    '--store',
    store,
    '--concurrency',
    '3',
  ];
}

async function killAfter(argv: readonly string[], milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'main.ts'), ...argv], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await Promise.race([wait(milliseconds), ended]);
  child.kill('SIGKILL');
  await ended;
}

/** Every finished stage by its name, with when it finished and what it holds. */
async function finishedStages(path: string): Promise<Map<string, string>> {
  const stages = new Map<string, string>();
  const store = await Store.open(path, { create: true });
  for (const task of await store.tasks('r')) {
    for (const { attempt, finishedAt, record } of await store.stages('r', task.id)) {
      const key = `${task.id}/${attempt}/${record.stage}`;
      expect(stages.has(key)).toBe(false);
      stages.set(key, `${finishedAt.getTime()} ${JSON.stringify(record)}`);
    }
  }
  await store.close();
  return stages;
}

/** What the seed decides: the patches and the recall of every task. */
async function outcome(path: string): Promise<unknown> {
  await using store = await Store.open(path, { create: false });
  const tasks = await store.tasks('r');
  return await Promise.all(
    tasks.map(async ({ id, status, reason, recall }) => {
      const stages = await store.stages('r', id);
      const patches = stages.map(({ attempt, record }) =>
        'trajectory' in record ? [attempt, record.stage, record.trajectory.patch] : [attempt, record.stage],
      );
      return { id, status, reason, recall, patches };
    }),
  );
}

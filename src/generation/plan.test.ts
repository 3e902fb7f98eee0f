import { afterAll, describe, expect, test } from 'vitest';
import { commitAll, Scratch } from '../../test/git-repository.ts';
import { resolveConfig } from './config.ts';
import { plan } from './plan.ts';

const scratch = new Scratch();
afterAll(() => scratch[Symbol.dispose]());

describe('plan', () => {
  const functions = Array.from({ length: 30 }, (_, i) => `def f${i}():\n    return ${i}\n`).join('\n');
  const path = scratch.repository({ 'a.py': functions });
  for (const day of ['02', '03']) commitAll(path, day, `2026-01-${day}T00:00:00Z`);

  const planned = async (settings: object) => {
    const source = { path, commits: 2, since: '2026-01-01' };
    const config = resolveConfig({ repositories: [source], ...settings }, 'test');
    return (await plan(config, {}, scratch.at('cache'), new AbortController().signal)).tasks;
  };

  test('draws the same tasks again, and begins a larger run with those of a smaller', async () => {
    const eight = await planned({ count: 8 });
    expect(await planned({ count: 8 })).toEqual(eight);
    expect((await planned({ count: 20 })).slice(0, 8)).toEqual(eight);
    expect(await planned({ count: 8, seed: 1 })).not.toEqual(eight);
  });

  test('takes the commits in turns, and begins with other functions in each', async () => {
    const tasks = await planned({ count: 20 });
    const [first, second] = [0, 1].map((turn) => tasks.filter((_, place) => place % 2 === turn));
    const names = (list = first) => list?.map((task) => task.function.name);
    expect(new Set(first?.map((task) => task.commit))).toHaveLength(1);
    expect(first?.[0]?.commit).not.toBe(second?.[0]?.commit);
    expect(names(first)).not.toEqual(names(second));
  });

  test('uses every function of every commit before it says that there are no more', async () => {
    const tasks = await planned({ count: 100 });
    expect(tasks).toHaveLength(60);
    expect(new Set(tasks.map((task) => task.id))).toHaveLength(60);
  });
});

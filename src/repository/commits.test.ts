import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitAll, git, Scratch } from '../../test/git-repository.ts';
import { spread } from './commits.ts';
import { openRepository } from './index.ts';

const DAY = 86_400;

describe('commits spread over a period', () => {
  const daily = Array.from({ length: 101 }, (_, day) => ({ hash: `day ${day}`, time: day * DAY }));

  test('stand at equal distances, the last one at the end', () => {
    expect(spread(daily, 5, 0)).toEqual(['day 0', 'day 25', 'day 50', 'day 75', 'day 100']);
    expect(spread(daily, 2, 0)).toEqual(['day 0', 'day 100']);
    expect(spread(daily, 1, 0)).toEqual(['day 100']);
  });

  test('are by time, not by number, and each of them once', () => {
    const busy = [0, 1, 2, 3, 50, 100].map((day) => ({ hash: `day ${day}`, time: day * DAY }));
    expect(spread(busy, 3, 0)).toEqual(['day 0', 'day 50', 'day 100']);
    expect(spread(busy, 5, 0)).toEqual(['day 0', 'day 2', 'day 3', 'day 50', 'day 100']);
    expect(spread(busy, 99, 0)).toEqual(busy.map(({ hash }) => hash));
  });

  test('as many as asked for or as there are, in order, the last always among them', () => {
    const times = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 50 }), (list, count) => {
        const commits = list.sort((a, b) => a - b).map((time, i) => ({ hash: String(i), time }));
        const chosen = spread(commits, count, 0).map(Number);
        expect(chosen).toHaveLength(Math.min(count, commits.length));
        expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
        expect(chosen.at(-1)).toBe(commits.length - 1);
      }),
    );
  });
});

test('the main line alone counts, from the date on', async () => {
  using scratch = new Scratch();
  const path = scratch.repository({ 'a.py': '' });
  const days = ['2024-01-10', '2024-02-10', '2024-03-10', '2024-04-10', '2024-05-10'];
  const main = days.map((day) => commitAll(path, day, `${day}T12:00:00Z`));
  git(path, 'checkout', '--quiet', '-b', 'side', main[0] ?? '');
  commitAll(path, 'side', '2024-02-20T12:00:00Z');
  git(path, 'checkout', '--quiet', 'main');
  git(path, 'merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
  const cache = scratch.at('cache');
  const since = async (date: string, commits: number) => {
    const chosen = await openRepository(path, { cache, commits, since: date, commit: 'HEAD~1' });
    return { days: chosen.commits.map((hash) => days[main.indexOf(hash)]), notes: chosen.notes };
  };
  expect((await since('2024-01-01', 9)).days).toEqual([undefined, ...days]);
  expect((await since('2024-02-01', 2)).days).toEqual(['2024-02-10', '2024-05-10']);
  expect(await since('2024-03-01T00:00:00Z', 9)).toEqual({
    days: ['2024-03-10', '2024-04-10', '2024-05-10'],
    notes: [expect.stringContaining('only 3 commits')],
  });
  expect((await since('90 years ago', 1)).days).toEqual(['2024-05-10']);
});

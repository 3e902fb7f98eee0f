import { expect, test } from 'vitest';
import { plainly, seededRandom } from './random.ts';

test('a seed gives the same choices for ever', () => {
  const draw = (seed: string) => Array.from({ length: 5 }, () => seededRandom(seed).pick([1, 2, 3, 4, 5, 6]));
  expect(draw('a')).toEqual(draw('a'));
  expect(seededRandom('a').next()).toBeCloseTo(seededRandom('a').next(), 12);
  expect(seededRandom('a').next()).not.toBe(seededRandom('b').next());
});

test('a fork does not depend on what was drawn before', () => {
  const used = seededRandom('a');
  used.next();
  expect(used.fork('x').next()).toBe(seededRandom('a').fork('x').next());
});

test('choices are even', () => {
  const random = seededRandom('even');
  const counts = [0, 0, 0, 0];
  for (let draw = 0; draw < 8000; draw += 1) {
    const picked = random.pick([0, 1, 2, 3]);
    counts[picked] = (counts[picked] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  expect(random.shuffle([1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5]);
});

test('a plain stream takes the first of everything', () => {
  const random = plainly(seededRandom('a'));
  expect([random.pick([1, 2, 3]), random.fork('b').pick([4, 5]), random.shuffle([3, 2, 1])]).toEqual([
    1,
    4,
    [3, 2, 1],
  ]);
});

import { expect, it } from 'vitest';
import { hardLimit, processLimit } from './process-limit.ts';

it('a sandbox that shares its count with others gets more, but never more than this process may have', () => {
  expect(processLimit(10, false)).toBe(Math.min(40, hardLimit('Max processes')));
  expect(processLimit(1 << 30, false)).toBe(hardLimit('Max processes'));
  expect([10, 40]).toContain(processLimit(10, true));
});

it('a limit that there is not is large', () => {
  expect(hardLimit('Max nothing')).toBe(1 << 20);
});

import { describe, expect, it } from 'vitest';
import { backoff, retryAfter } from './retry.ts';

describe('the wait before the next try', () => {
  it('is drawn from a range that doubles up to a minute', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => backoff(failures, undefined, 1));
    expect(longest).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
    expect(backoff(5, undefined, 0)).toBe(0);
  });

  it('is never shorter than the endpoint asks, and not the same for all', () => {
    expect(backoff(1, 20_000, 0)).toBe(20_000);
    expect(backoff(1, 20_000, 0.9)).toBe(20_900);
    expect(backoff(3, 0, 0.5)).toBe(backoff(3, undefined, 0.5));
  });
});

describe('what the endpoint asks', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '120', 'retry-after': '9' }, 120],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:42 GMT' }, 42_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('is read from %o', (headers, expected) => {
    expect(retryAfter(new Headers(headers), now)).toBe(expected);
  });
});

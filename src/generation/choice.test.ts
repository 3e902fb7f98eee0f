import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOf, pick } from './choice.ts';

describe('choices by hash', () => {
  test('repeat themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), (options, seed) => {
        expect(pick(options, seed, 'x')).toBe(pick(options, seed, 'x'));
      }),
    );
  });

  test('draw every option once before any a second time', () => {
    const options = Array.from({ length: 51 }, (_, i) => i);
    const drawn = options.map((draw) => pick(options, 'seed', 'f', draw));
    expect(new Set(drawn).size).toBe(51);
    expect(pick(options, 'seed', 'f', 51)).toBe(drawn[0]);
  });

  test('differ between seeds', () => {
    const options = Array.from({ length: 51 }, (_, i) => i);
    const firsts = Array.from({ length: 40 }, (_, seed) => pick(options, String(seed), 'f', 0));
    expect(new Set(firsts).size).toBeGreaterThan(15);
  });

  test('do not confuse where one word ends and the next begins', () => {
    expect(hashOf('ab', 'c')).not.toBe(hashOf('a', 'bc'));
  });
});

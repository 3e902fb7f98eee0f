import fc from 'fast-check';
import { expect, test } from 'vitest';
import { head, isLonger, lengthOf, tail } from './clip.ts';

test('lengths and cuts are those of code points', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\ud83d', '\ude00'), maxLength: 12 });
  fc.assert(
    fc.property(text, fc.nat(14), (value, length) => {
      const points = Array.from(value);
      expect(lengthOf(value)).toBe(points.length);
      expect(isLonger(value, length)).toBe(points.length > length);
      expect(head(value, length)).toBe(points.slice(0, length).join(''));
      expect(tail(value, length)).toBe(length === 0 ? '' : points.slice(-length).join(''));
    }),
  );
});

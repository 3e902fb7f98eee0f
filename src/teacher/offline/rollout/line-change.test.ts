import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineChanges } from './line-change.ts';

const lines = fc.array(fc.constantFrom<string[]>('a', 'b', 'c', ''), { maxLength: 60 });

test('the changes turn one text into the other', () => {
  fc.assert(
    fc.property(lines, lines, fc.boolean(), (before, other, same) => {
      const after = same ? before.map((line, index) => (other[index] === 'a' ? 'z' : line)) : other;
      const result = [...before];
      for (const change of lineChanges(1, before, after).toReversed()) {
        expect(before.slice(change.first - 1, change.first - 1 + change.old.length)).toEqual(change.old);
        result.splice(change.first - 1, change.old.length, ...change.new);
      }
      expect(result).toEqual(after);
    }),
  );
});

test('what touches lines far apart is made in a few blocks', () => {
  const before = Array.from({ length: 400 }, (_, index) => `line ${index}`);
  const after = before.map((line, index) => (index % 20 === 0 ? `${line}!` : line));
  expect(lineChanges(1, before, after).length).toBeLessThanOrEqual(4);
  const ends = before.map((line, index) => (index === 0 || index === 399 ? `${line}!` : line));
  expect(lineChanges(1, before, ends).map(({ first, old }) => [first, old.length])).toEqual([
    [1, 1],
    [400, 1],
  ]);
});

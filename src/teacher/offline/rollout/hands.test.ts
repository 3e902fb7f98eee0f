import { describe, expect, test } from 'vitest';
import { literal, printed, quote, readNumbered } from './hands.ts';
import { sweAgentHands } from './swe-agent-hands.ts';

describe('what a tool answered', () => {
  test('is read without what the profile puts around it', () => {
    expect(printed('OBSERVATION:\na\nb')).toBe('a\nb');
    expect(printed('<returncode>0</returncode>\n<output>\na\n</output>')).toBe('a');
    expect(printed('anything else')).toBe('anything else');
  });

  test('numbered lines are known by their numbers', () => {
    const { lines, carriageReturns } = readNumbered('OBSERVATION:\nHere it is:\n     9\ta\tb\n    10\t\n');
    expect([...lines]).toEqual([
      [9, 'a\tb'],
      [10, ''],
    ]);
    expect(carriageReturns).toBe(false);
  });

  test('carriage returns are noticed and dropped', () => {
    const { lines, carriageReturns } = readNumbered('     1\ta\r\n     2\tb\r\n');
    expect([...lines]).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(carriageReturns).toBe(true);
  });

  test('a line that a clipping may have cut is not known', () => {
    const clipped =
      '<output_head>\n     1\ta\n     2\thalf a li\n</output_head>\n90 characters elided\n<output_tail>\n8\tcut\n     9\te\n';
    expect([...readNumbered(clipped).lines.keys()]).toEqual([1, 9]);
    expect([...readNumbered('     1\ta\n     2\tb\n<response clipped>').lines.keys()]).toEqual([1]);
  });
});

test('words reach the shell as they are', () => {
  expect(literal("it's")).toBe("'it'\\''s'");
  expect(quote('-e.py')).toBe('./-e.py');
  expect(quote('a file.py')).toBe("'a file.py'");
});

describe('a replacement by the editor', () => {
  const known = new Map([
    [1, 'x'],
    [2, 'same'],
    [3, 'y'],
    [4, 'same'],
    [5, 'z'],
  ]);
  const change = { first: 4, old: ['same'], new: ['other'] };

  test('takes as many lines along as make its place unique', () => {
    expect(sweAgentHands.replace('a.py', change, known, 0).arguments).toMatchObject({
      old_str: 'y\nsame\nz',
      new_str: 'y\nother\nz',
    });
  });

  test('takes no more than there are', () => {
    expect(sweAgentHands.replace('a.py', change, known, 9).arguments).toMatchObject({
      old_str: 'x\nsame\ny\nsame\nz',
    });
  });
});

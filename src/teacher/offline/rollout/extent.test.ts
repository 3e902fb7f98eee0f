import { describe, expect, test } from 'vitest';
import { extentOf, linesAbove } from './extent.ts';

const cases = [
  ['python', ['def a():', '    return 1', '', 'x = 2'], 2],
  ['python', ['    def a(', '        x,', '    ):', '        return 1', '    y = 2'], 4],
  ['typescript', ['  load(): void {', '    if (x) {', '    }', '  }', '', '  next() {'], 4],
  ['javascript', ['const add = (a, b) => a + b;', 'f();'], 1],
  ['go', ['func a() {', '\tb()', '}', ''], 3],
  ['c', ['int a(void)', '{', '    return 1;', '}', 'int b;'], 4],
  ['ruby', ['  def a', '    b do', '    end', '  end', 'end'], 4],
] as const;

describe('a function ends where it parses', () => {
  test.each(cases)('%s %j', async (language, lines, length) => {
    expect(await extentOf(language, lines, false)).toBe(length);
  });

  test('and is open where its end is not seen', async () => {
    expect(await extentOf('python', ['def a():', '    b()'], false)).toBeUndefined();
    expect(await extentOf('python', ['def a():', '    b()'], true)).toBe(2);
    expect(await extentOf('go', ['func a() {', '\tb()'], true)).toBeUndefined();
  });
});

test('comments, decorators and attributes above a function belong to it', () => {
  expect(linesAbove('python', ['x = 1', '# about a', '@cached'])).toBe(2);
  expect(linesAbove('typescript', ['}', '/**', ' * About a.', ' */'])).toBe(3);
  expect(linesAbove('rust', ['', '/// About a.', '#[inline]'])).toBe(2);
  expect(linesAbove('python', ['#!/usr/bin/env python3'])).toBe(0);
});

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pythonLiteral } from './python.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

test.skipIf(!hasPython)(
  'Python (skipped without python3) reads back every text, and nothing but text',
  () => {
    const texts = fc.sample(fc.string({ unit: 'binary', maxLength: 30 }), 2_000);
    texts.push('', '\u2028', '\\N{DASH}', '"""', "'''", '{x}%s', '\u0000\u007f', '😀', '\\', 'a\r\nb');
    const literals = texts.map(pythonLiteral);
    for (const literal of literals) expect(literal).toMatch(/^[\x20-\x7e]*$/);
    const script =
      'import ast, json, sys; print(json.dumps([ast.literal_eval(line) for line in json.load(sys.stdin)]))';
    const { stdout } = spawnSync('python3', ['-c', script], {
      input: JSON.stringify(literals),
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual(texts);
  },
);

test('numbers, truth, nothing and lists are Python too', () => {
  expect([3, 0.5, true, false, null].map(pythonLiteral)).toEqual(['3', '0.5', 'True', 'False', 'None']);
  expect(pythonLiteral(['a', 'b"'])).toBe('["a", "b\\""]');
});

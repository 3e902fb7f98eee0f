import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quote, quoteFormat } from './quote.ts';

/** What bash makes of words, all in one start of it, in a locale of one byte a character and in one of many. */
function readByBash(print: string, locale: string): Buffer {
  return execFileSync('bash', ['--norc', '-s'], { input: print, env: { LC_ALL: locale } });
}

const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 200 });

it.each(['C', 'C.UTF-8'])('any text without NUL comes out of bash as it was, in the locale %s', (locale) => {
  fc.assert(
    fc.property(texts, (words) => {
      const plain = words.map((word) => word.replaceAll('\0', ''));
      const printed = readByBash(plain.map((word) => `printf '%s\\0' ${quote(word)}\n`).join(''), locale);
      expect(printed.toString()).toBe(Buffer.from(plain.map((word) => `${word}\0`).join('')).toString());
    }),
    { numRuns: 15 },
  );
});

it('NUL, which bash cannot hold, is left out', () => {
  expect(quote('a\0b')).toBe(`$'ab'`);
});

it('a word is one line of ASCII', () => {
  expect(quote(`it's\n"é" \\ $x`)).toBe(String.raw`$'it\'s\n"\303\251" \\ $x'`);
});

it.each(['C', 'C.UTF-8'])('any bytes come out of printf as they were, in the locale %s', (locale) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
      const content = Buffer.from(bytes);
      expect(readByBash(`printf -- ${quoteFormat(content)}\n`, locale).equals(content)).toBe(true);
    }),
    { numRuns: 25 },
  );
});

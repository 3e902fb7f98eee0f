import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteSink, TextSink } from './collect.ts';

function collected(text: string, limit: number, cuts: readonly number[]): ReturnType<TextSink['finish']> {
  const bytes = Buffer.from(text);
  const sink = new TextSink(limit);
  const at = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [number, from] of at.slice(0, -1).entries()) sink.write(bytes.subarray(from, at[number + 1]));
  return sink.finish();
}

describe('text', () => {
  it('is the same however it was cut into pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat()), (text, cuts) => {
        expect(collected(text, 10_000, cuts)).toEqual(collected(text, 10_000, []));
      }),
    );
  });

  it('keeps a head and a tail and counts the rest, without half a character', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 30 }),
        fc.nat({ max: 25 }),
        fc.array(fc.nat()),
        (text, limit, cuts) => {
          const { output, omitted, tail } = collected(text, limit, cuts);
          expect(text.startsWith(output)).toBe(true);
          expect(output.length + omitted).toBe(text.length);
          expect(output.isWellFormed()).toBe(true);
          expect(text.replace(/\n$/, '').endsWith(tail)).toBe(true);
        },
      ),
    );
  });

  it('loses one newline at its end, and says whether it was there', () => {
    expect(collected('a\n\n', 10, [])).toMatchObject({ output: 'a\n', newline: true, omitted: 0 });
    expect(collected('a', 10, [])).toMatchObject({ output: 'a', newline: false, omitted: 0 });
    expect(collected('', 10, [])).toMatchObject({ output: '', newline: false, omitted: 0 });
  });

  it('shows what is not UTF-8 as such', () => {
    const sink = new TextSink(10);
    sink.write(Buffer.from([0x61, 0xff, 0xc3]));
    expect(sink.finish().output).toBe('a\ufffd\ufffd');
  });
});

it('bytes are kept to a limit and counted beyond', () => {
  const sink = new ByteSink(5);
  for (const piece of ['abc', 'def', 'ghi']) sink.write(Buffer.from(piece));
  expect(sink.finish().toString()).toBe('abcde');
  expect(sink.length).toBe(9);
});

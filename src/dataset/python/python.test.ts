import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AsciiWriter } from './ascii-writer.ts';
import { dumps, fromPlain } from './dumps.ts';
import { loads } from './loads.ts';
import { str, strip } from './text.ts';
import { pythonFloat } from './value.ts';

/** Texts with what Python 3.11 made of them: `json.dumps(json.loads(text))` and `str(json.loads(text))`. */
const recorded: readonly { text: string; dumps: string | null; str: string | null }[] = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/dataset/python-json.json', import.meta.url), 'utf8'),
);

describe('JSON as Python reads and writes it', () => {
  test('every recorded text comes out as Python wrote it', () => {
    expect(recorded.length).toBeGreaterThan(400);
    for (const { text, dumps: dumped, str: shown } of recorded) {
      const value = loads(text);
      expect(value === undefined ? null : dumps(value)).toBe(dumped);
      expect(value === undefined ? null : str(value)).toBe(shown);
    }
  });

  test('whatever JavaScript writes is read, and its re-dump reads the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = loads(JSON.stringify(value));
        expect(read).toBeDefined();
        expect(JSON.parse(dumps(read ?? null))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('bytes are written as the text is', () => {
    const writer = new AsciiWriter();
    const plain = fc.jsonValue();
    fc.assert(
      fc.property(fc.oneof(plain, fc.object(), fc.string({ unit: 'binary' })), (value) => {
        writer.clear();
        writer.value(value);
        expect(writer.bytes.toString('latin1')).toBe(dumps(fromPlain(value)));
      }),
    );
    writer.clear();
    writer.value({ long: 'é'.repeat(100_000), one: pythonFloat(1), none: undefined });
    expect(writer.bytes.toString('latin1')).toBe(`{"long": "${'\\u00e9'.repeat(100_000)}", "one": 1.0}`);
  });

  test('bytes of a text are written as the text is', () => {
    const writer = new AsciiWriter();
    const same = (text: string) => {
      writer.clear();
      writer.utf8(Buffer.from(text));
      expect(writer.bytes.toString('latin1')).toBe(dumps(fromPlain(text)));
    };
    for (let code = 0; code < 0x300; code += 1) same(String.fromCodePoint(code).repeat(3));
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), same));
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', '\n', '\x7f', 'é', '漢', '😀') }), same),
    );
    // Where the bytes are cut, a character is not.
    for (let before = 0; before < 5; before += 1) same('x'.repeat(before) + '漢😀é'.repeat(20_000));
  });

  test('any text is read or refused, never thrown at', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void loads(text)));
    expect(loads('['.repeat(100_000))).toBeUndefined();
  });

  test('keys without a value are left out, whole numbers are no floats', () => {
    expect(dumps(fromPlain({ a: 1, b: undefined, c: [1.5, pythonFloat(1), null, true] }))).toBe(
      '{"a": 1, "c": [1.5, 1.0, null, true]}',
    );
  });

  test('strip takes what Python takes and leaves the byte order mark', () => {
    expect(strip('\u00a0\x1c\x85 \n a b \u2003\x1f')).toBe('a b');
    expect(strip('\ufeffa')).toBe('\ufeffa');
    expect(strip(' \n')).toBe('');
  });
});

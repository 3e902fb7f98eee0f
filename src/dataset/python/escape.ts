const [BACKSLASH, LETTER_U] = [0x5c, 0x75];
const HEX = Buffer.from('0123456789abcdef');

/** What stands behind the backslash for a character that has a short form; 0 for every other. */
const LETTERS = new Uint8Array(128);
for (const [character, letter] of ['""', '\\\\', '\bb', '\ff', '\nn', '\rr', '\tt']) {
  LETTERS[character?.charCodeAt(0) ?? 0] = letter?.charCodeAt(0) ?? 0;
}

/** Bytes that one byte becomes at most. */
export const WIDEST = 6;

/**
 * Writes a text as it stands in a JSON string of ASCII characters, eight bytes at a time. `JSON.stringify` looks at one
 * after the other, and what it gives must be searched for other characters and copied.
 *
 * @param from UTF-8 of whole characters
 * @param to has room for `WIDEST` times as many bytes from `at` on
 * @returns where it ends in `to`
 */
export function escapeUtf8(from: Buffer, to: Buffer, at: number): number {
  const source = new DataView(from.buffer, from.byteOffset, from.length);
  const target = new DataView(to.buffer, to.byteOffset, to.length);
  const eights = from.length - 7;
  let read = 0;
  let end = at;
  while (read < from.length) {
    if (read < eights) {
      const first = source.getInt32(read, true);
      const second = source.getInt32(read + 4, true);
      target.setInt32(end, first, true);
      target.setInt32(end + 4, second, true);
      let plain = plainBytes(first);
      if (plain === 4) plain = 4 + plainBytes(second);
      read += plain;
      end += plain;
      if (plain === 8) continue;
    }
    const code = from[read] ?? 0;
    if (code < 0x80) {
      end = writeAscii(code, to, end);
      read += 1;
    } else {
      const width = code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4;
      end = writePoint(pointOf(from, read, width), to, end);
      read += width;
    }
  }
  return end;
}

/**
 * How many of four bytes stand for themselves, before the first that does not. Each line leaves the sign bit of such a
 * byte, and may leave wrong ones behind it (Mycroft's test for a zero byte).
 */
function plainBytes(four: number): number {
  const control = four - 0x20202020;
  const quote = (four ^ 0x22222222) - 0x01010101;
  const backslash = (four ^ 0x5c5c5c5c) - 0x01010101;
  const rubout = four + 0x01010101;
  const found = (four | control | quote | backslash | rubout) & 0x80808080;
  return found === 0 ? 4 : (31 - Math.clz32(found & -found)) >> 3;
}

function writeAscii(code: number, to: Buffer, at: number): number {
  const letter = LETTERS[code] ?? 0;
  if (letter !== 0) {
    to[at] = BACKSLASH;
    to[at + 1] = letter;
    return at + 2;
  }
  if (code < 0x20 || code === 0x7f) return writeUnit(code, to, at);
  to[at] = code;
  return at + 1;
}

function writePoint(point: number, to: Buffer, at: number): number {
  if (point < 0x10000) return writeUnit(point, to, at);
  const beyond = point - 0x10000;
  return writeUnit(0xdc00 | (beyond & 0x3ff), to, writeUnit(0xd800 | (beyond >> 10), to, at));
}

function writeUnit(unit: number, to: Buffer, at: number): number {
  to[at] = BACKSLASH;
  to[at + 1] = LETTER_U;
  for (let digit = 0; digit < 4; digit += 1) to[at + 2 + digit] = HEX[(unit >> (12 - 4 * digit)) & 15] ?? 0;
  return at + 6;
}

/** The character of so many bytes of UTF-8. */
function pointOf(bytes: Buffer, at: number, width: number): number {
  let point = (bytes[at] ?? 0) & (0x7f >> width);
  for (let next = 1; next < width; next += 1) point = (point << 6) | ((bytes[at + next] ?? 0) & 0x3f);
  return point;
}

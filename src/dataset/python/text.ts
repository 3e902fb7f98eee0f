import { isPythonDict, PythonNumber, type PythonValue } from './value.ts';

/** Python's `str.strip()`. A loop, since a pattern anchored at the end is quadratic on long runs of blanks. */
export function strip(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charAt(start))) start += 1;
  while (end > start && isSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** Where Python and JavaScript differ on white space: the first five are for Python alone, the mark is not. */
const SEPARATORS: ReadonlySet<string> = new Set(['\x1c', '\x1d', '\x1e', '\x1f', '\x85']);
const BYTE_ORDER_MARK = '\ufeff';

function isSpace(character: string): boolean {
  return SEPARATORS.has(character) || (/\s/.test(character) && character !== BYTE_ORDER_MARK);
}

/** Python's `str(value)`: a string is itself, everything inside a list or dict is written as `repr` does. */
export function str(value: PythonValue): string {
  return typeof value === 'string' ? value : repr(value);
}

function repr(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return reprString(value);
  if (value instanceof PythonNumber) return NON_FINITE.get(value.text) ?? value.text;
  if (isPythonDict(value)) {
    return `{${[...value].map(([key, item]) => `${reprString(key)}: ${repr(item)}`).join(', ')}}`;
  }
  return `[${value.map(repr).join(', ')}]`;
}

/** `json` and `repr` name these differently. */
const NON_FINITE: ReadonlyMap<string, string> = new Map([
  ['NaN', 'nan'],
  ['Infinity', 'inf'],
  ['-Infinity', '-inf'],
]);

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function reprString(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\\p{C}\p{Z}]/gu, escaped);
  return quote + body.replaceAll(quote, `\\${quote}`) + quote;
}

function escaped(character: string): string {
  if (character === ' ') return ' ';
  const short = SHORT.get(character);
  if (short) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

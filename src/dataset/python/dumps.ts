import { isPythonDict, PythonNumber, type PythonValue, pythonFloat } from './value.ts';

/** Writes JSON as Python's `json.dumps` does by default: `", "`, `": "`, everything beyond ASCII escaped. */
export function dumps(value: PythonValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return dumpString(value);
  if (value instanceof PythonNumber) return value.text;
  if (isPythonDict(value)) {
    return `{${[...value].map(([key, item]) => `${dumpString(key)}: ${dumps(item)}`).join(', ')}}`;
  }
  return `[${value.map(dumps).join(', ')}]`;
}

/** A text in quotes, in ASCII. */
export function dumpString(text: string): string {
  const quoted = JSON.stringify(text);
  const ascii = Buffer.byteLength(quoted) === quoted.length && !quoted.includes('\x7f');
  return ascii ? quoted : quoted.replace(/[\u007f-\uffff]/g, escaped);
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Plain data as Python would hold it: whole numbers become `int`, others `float`; keys without a value are left
 * out. Half a character becomes its replacement, since Arrow refuses a file that holds one.
 */
export function fromPlain(value: unknown): PythonValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? new PythonNumber(String(value)) : pythonFloat(value);
  }
  if (Array.isArray(value)) return value.map(fromPlain);
  if (typeof value !== 'object') return null;
  if (value instanceof Map || value instanceof PythonNumber) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return new Map(entries.map(([key, item]) => [key, fromPlain(item)]));
}

/**
 * A JSON value as Python's `json` module holds it: objects keep the order in which their keys were written, and
 * numbers keep what JavaScript would lose (`1.0` is not `1`, large integers stay whole).
 */
export type PythonValue =
  | null
  | boolean
  | string
  | PythonNumber
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>;

/** A number as the text that Python prints for it: `1`, `1.0`, `1e+16`, `NaN`. */
export class PythonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A JavaScript number as a Python `float`: 1 becomes `1.0`. */
export function pythonFloat(value: number): PythonNumber {
  if (!Number.isFinite(value)) return new PythonNumber(String(value));
  return new PythonNumber(floatText(value));
}

/** Both languages print the shortest digits that read back; they differ in where the exponent begins. */
function floatText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) return sign + scientific(digits, exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

export function isPythonDict(value: PythonValue): value is ReadonlyMap<string, PythonValue> {
  return value instanceof Map;
}

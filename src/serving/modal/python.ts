/**
 * A value as a Python expression, in ASCII alone: whatever a person typed stays a value.
 */
export function pythonLiteral(value: string | number | boolean | null | readonly string[]): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return `[${value.map(pythonLiteral).join(', ')}]`;
  // JSON's escapes are Python's too, but Python has no pairs of surrogates: it needs the code point.
  return JSON.stringify(value)
    .replace(/[\u007f-\uffff]/gu, escaped)
    .replace(/[\u{10000}-\u{10ffff}]/gu, escaped);
}

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  const digits = point.toString(16);
  return point > 0xffff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}

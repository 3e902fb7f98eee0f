/** Lengths are counted in Unicode code points, as the programs count them whose formats this room speaks. */

/** The number of code points of a text. */
export function lengthOf(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index += width(text, index)) count += 1;
  return count;
}

export function isLonger(text: string, length: number): boolean {
  return text.length > length && (text.length > 2 * length || indexAt(text, length) < text.length);
}

/** The first `length` code points of a text. */
export function head(text: string, length: number): string {
  return text.slice(0, indexAt(text, length));
}

/** The last `length` code points of a text. */
export function tail(text: string, length: number): string {
  let index = text.length;
  for (let count = 0; index > 0 && count < length; count += 1)
    index -= index > 1 ? width(text, index - 2) : 1;
  return text.slice(index);
}

function indexAt(text: string, length: number): number {
  let index = 0;
  for (let count = 0; index < text.length && count < length; count += 1) index += width(text, index);
  return index;
}

/** Code units of the code point that begins at an index. */
function width(text: string, index: number): 1 | 2 {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

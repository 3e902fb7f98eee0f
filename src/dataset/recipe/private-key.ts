const BEGIN = /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** Ends of lines, also as JSON writes them inside a string. */
const LINE_END = /\r?\n|(?:\\+r)?\\+n/g;
/** What stands before a line in a patch, in a numbered view, in a quotation. */
const MARGIN = /^[\s>|+-]*(?:\d+[\t :|]+)?[\s+-]*/;
const KEY_TEXT = /^[A-Za-z0-9+/]+={0,2}$/;
const HEADER = /^(?:[A-Za-z-]+: .*)?$/;
/** Characters from which a line of a key is worth hiding, and from which a whole is a key and no placeholder. */
const LINE = 16;
const WHOLE = 60;

/**
 * The lines of private keys, where the scanner does not find them: with signs of a patch or numbers of a view before
 * each line, or with the end cut off. Each line is one secret, so that a patch keeps its lines when they are replaced.
 */
export function privateKeyLines(text: string): string[] {
  return [...text.matchAll(BEGIN)].flatMap(({ index, 0: marker }) => keyLines(text, index + marker.length));
}

function keyLines(text: string, from: number): string[] {
  const found: string[] = [];
  const ends = new RegExp(LINE_END);
  ends.lastIndex = from;
  let start = from;
  while (start < text.length) {
    const end = ends.exec(text);
    const line = text
      .slice(start, end?.index ?? start + 100)
      .replace(MARGIN, '')
      .trimEnd();
    const [key = ''] = /^[A-Za-z0-9+/=]*/.exec(line) ?? [];
    // Behind the last line of a text a quotation mark may stand, or a note that the rest was left out.
    if (KEY_TEXT.test(end ? line : key)) found.push(end ? line : key);
    else if (!HEADER.test(line)) break;
    if (!end) break;
    start = ends.lastIndex;
  }
  return found.join('').length < WHOLE ? [] : found.filter((line) => line.length >= LINE);
}

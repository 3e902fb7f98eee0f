/** A line of a file with the line end that stands behind it; only the last line of a file has none. */
export interface Line {
  readonly text: string;
  readonly end: '' | '\n' | '\r\n' | '\r';
}

/** Latin-1 gives every byte a character and back, so a file in any encoding survives an edit of another line. */
export type Encoding = 'utf8' | 'latin1';

/** A file as the editor works on it; encoding it again gives the bytes it was read from. */
export interface TextFile {
  readonly encoding: Encoding;
  /** At least one line; a file that ends in a line end has an empty last line. */
  readonly lines: readonly Line[];
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function decodeText(bytes: Uint8Array): TextFile {
  try {
    return { encoding: 'utf8', lines: splitLines(utf8.decode(bytes)) };
  } catch {
    return { encoding: 'latin1', lines: splitLines(Buffer.from(bytes).toString('latin1')) };
  }
}

export function encodeText(file: TextFile): Buffer {
  return Buffer.from(file.lines.map(({ text, end }) => text + end).join(''), file.encoding);
}

/** The first character of `text` that a file of this encoding cannot hold. */
export function unencodable(text: string, encoding: Encoding): string | undefined {
  return encoding === 'utf8' ? undefined : Array.from(text).find((character) => character > '\xff');
}

/** The file as a program reads it in text mode: every line end is a newline. */
export function plainText(file: TextFile): string {
  return file.lines.map(({ text }) => text).join('\n');
}

/** The lines of a text whose line ends may be of any kind. */
export function textLines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/** Puts texts in the place of the lines `from` to `to` (0-based, `to` not included); new lines end as the file's do. */
export function spliceLines(file: TextFile, from: number, to: number, texts: readonly string[]): TextFile {
  const { lines } = file;
  const newline = newlineOf(lines);
  const lastEnd = (to > from && lines[to - 1]?.end) || newline;
  const added = texts.map((text, index) => ({ text, end: index === texts.length - 1 ? lastEnd : newline }));
  const spliced: Line[] = [...lines.slice(0, from), ...added, ...lines.slice(to)];
  const last = spliced.length - 1;
  return {
    ...file,
    lines: spliced.map((line, index) => {
      const end = index === last ? '' : line.end || newline;
      return end === line.end ? line : { ...line, end };
    }),
  };
}

/** The line end that most lines have. */
function newlineOf(lines: readonly Line[]): '\n' | '\r\n' | '\r' {
  const count = (end: Line['end']) => lines.reduce((sum, line) => sum + (line.end === end ? 1 : 0), 0);
  const windows = count('\r\n');
  const unix = count('\n');
  if (windows > unix) return '\r\n';
  return unix === 0 && count('\r') > 0 ? '\r' : '\n';
}

function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  const ends = /\r\n|\r|\n/g;
  let start = 0;
  for (let match = ends.exec(text); match !== null; match = ends.exec(text)) {
    lines.push({ text: text.slice(start, match.index), end: lineEnd(match[0]) });
    start = ends.lastIndex;
  }
  lines.push({ text: text.slice(start), end: '' });
  return lines;
}

function lineEnd(text: string): '\n' | '\r\n' | '\r' {
  if (text === '\r\n') return '\r\n';
  return text === '\r' ? '\r' : '\n';
}

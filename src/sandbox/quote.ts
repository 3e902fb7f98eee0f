/**
 * A word that bash reads as exactly this text, in ASCII alone, so that neither the locale of the shell nor a line
 * break in the text can change how it is read. NUL cannot stand in a bash word and is left out.
 */
export function quote(text: string): string {
  return `$'${escapeAscii(text.includes('\0') ? text.replaceAll('\0', '') : text)}'`;
}

/** The format of a `printf` that writes exactly these bytes, as a bash word. */
export function quoteFormat(bytes: Buffer): string {
  const escaped = bytes
    .toString('latin1')
    .replace(/[\\%]/g, (character) => (character === '%' ? '%%' : '\\\\'))
    .replaceAll('\0', '\\000');
  return `$'${escapeLatin(escaped)}'`;
}

function escapeAscii(text: string): string {
  if (!/[^\x20-\x26\x28-\x5b\x5d-\x7e]/.test(text)) return text;
  return escapeLatin(Buffer.from(text, 'utf8').toString('latin1'));
}

function escapeLatin(text: string): string {
  return text.replace(/[^\x20-\x26\x28-\x5b\x5d-\x7e]/g, (character) => {
    if (character === '\\' || character === "'") return `\\${character}`;
    if (character === '\n') return '\\n';
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
}

import type { Quoting } from './flat-word.ts';

/** Writes a text so that the shell reads it back unchanged where it is quoted in this way. */
export function quote(text: string, quoting: Quoting): string {
  switch (quoting) {
    case 'none':
      return text.replace(/[^\p{L}\p{N}_./:@%+,=-]/gu, (character) => `\\${character}`);
    case 'single':
      return text.replaceAll("'", "'\\''");
    case 'double':
      return text.replace(/[\\$`"]/g, (character) => `\\${character}`);
    case 'default':
      // Bash looks there for the end of a single quote, which only double quotes of its own take from it.
      return quote(text, 'double').replaceAll("'", '"\'"').replaceAll('}', '\\}');
    case 'ansi':
      return text.replace(/[\\']/g, (character) => `\\${character}`);
    case 'document':
      return text.replace(/[\\$`]/g, (character) => `\\${character}`);
    case 'verbatim':
      return text;
  }
}

/** A word that `quote` has written without quotes, as it was before. */
export function unquote(word: string): string {
  return word.replace(/\\(.)/g, '$1');
}

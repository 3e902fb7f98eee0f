import type { Language } from '../../../syntax/index.ts';
import { DIALECTS } from '../editing/dialects/index.ts';
import { countErrors } from '../editing/wrap.ts';

/**
 * Finds where a function ends whose first line is known, in a file of which only some lines are: the first line
 * that could be the end and with which the function parses.
 *
 * @param lines from the function's first line on
 * @param whole true where the file ends with the last of the lines
 * @returns how many lines the function has; undefined where its end is not among them
 */
export async function extentOf(
  language: Language,
  lines: readonly string[],
  whole: boolean,
): Promise<number | undefined> {
  const candidates = language === 'python' ? endsByIndent(lines, whole) : endsByCloser(lines);
  for (const length of candidates.slice(0, 12)) {
    if ((await countErrors(language, lines.slice(0, length))) === 0) return length;
  }
  return candidates.find((length) => length > 1);
}

/** How many lines above a function belong to it: comments, decorators, attributes. */
export function linesAbove(language: Language, lines: readonly string[]): number {
  const comment = DIALECTS[language].comment;
  let count = 0;
  while (count < lines.length) {
    const line = (lines[lines.length - 1 - count] ?? '').trim();
    const belongs = line.startsWith(comment) || /^(\/\*|\*|@\w|#\[|\[\w+.*\]$|template\s*<)/.test(line);
    if (!belongs || line.startsWith('#!')) break;
    count += 1;
  }
  return count;
}

function indentOf(line: string): number {
  return line.search(/\S/);
}

/** Python: the lines up to the next one that is indented no deeper. */
function endsByIndent(lines: readonly string[], whole: boolean): number[] {
  const own = indentOf(lines[0] ?? '');
  const ends: number[] = [];
  let last = 1;
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line.trim() === '') continue;
    if (indentOf(line) <= own && !/^\s*[)\]}#]/.test(line)) ends.push(last);
    last = index + 1;
  }
  return whole ? [...ends, last] : ends;
}

/** Other languages: the first line itself, and every line no deeper that begins with what closes a block. */
function endsByCloser(lines: readonly string[]): number[] {
  const own = indentOf(lines[0] ?? '');
  return lines.flatMap((line, index) => {
    const closes = indentOf(line) <= own && /^\s*([})\]]|end\b)/.test(line);
    return index === 0 || closes ? [index + 1] : [];
  });
}

import { commonEnd, commonStart } from './common.ts';
import { expandTabs, indentsWithTabs, restoreTabs } from './tabs.ts';
import { plainText, spliceLines, type TextFile, textLines } from './text.ts';

export interface Replaced {
  readonly type: 'replaced';
  readonly file: TextFile;
  /** Index of the line in which the replaced text began. */
  readonly line: number;
}

export type NotReplaced =
  | { readonly type: 'missing' }
  | { readonly type: 'same' }
  /** Numbers, from 1, of the lines where the text stands. */
  | { readonly type: 'ambiguous'; readonly lines: readonly number[] };

/**
 * Replaces the one place where `oldText` stands. A model knows a file by its view, which shows tabs as spaces, so
 * texts are compared, and new text is written, as the view shows them, and the file keeps its own white space.
 * Text that holds a tab and stands in the file verbatim was not taken from a view: it is replaced as it is.
 *
 * @param oldText not empty
 */
export function replaceText(file: TextFile, oldText: string, newText: string): Replaced | NotReplaced {
  const plain = plainText(file);
  const view = viewOf(plain);
  const old = viewOf(oldText);
  const places = placesOf(view, old);
  if ((oldText + newText).includes('\t')) {
    const verbatim = textLines(oldText).join('\n');
    const [place, ...others] = placesOf(plain, verbatim);
    if (place !== undefined && others.length === 0) {
      if (verbatim === textLines(newText).join('\n')) return { type: 'same' };
      return splice(file, plain, place, verbatim, textLines(newText).join('\n'), (_, texts) => texts);
    }
  }
  const [place, ...others] = places;
  if (place === undefined) return { type: 'missing' };
  if (others.length > 0) return { type: 'ambiguous', lines: beginnings(view, old, places) };
  if (old === viewOf(newText)) return { type: 'same' };
  return splice(file, view, place, old, viewOf(newText), restoreTabs);
}

type Restore = (old: readonly string[], texts: readonly string[], tabs: boolean) => readonly string[];

/** Replaces in a text that has the file's lines, and puts the lines that have changed into the file. */
function splice(
  file: TextFile,
  text: string,
  place: number,
  old: string,
  added: string,
  restore: Restore,
): Replaced {
  const start = place === 0 ? 0 : text.lastIndexOf('\n', place - 1) + 1;
  const behind = text.indexOf('\n', place + old.length);
  const end = behind === -1 ? text.length : behind;
  const from = newlines(text, 0, start);
  const to = from + newlines(text, start, end) + 1;
  const texts = file.lines.map((line) => line.text);
  const before = texts.slice(from, to);
  const lines = (text.slice(start, place) + added + text.slice(place + old.length, end)).split('\n');
  const after = restore(before, lines, indentsWithTabs(texts, from, to));
  const sameStart = commonStart(before, after);
  const sameEnd = commonEnd(before, after, sameStart);
  return {
    type: 'replaced',
    file: spliceLines(file, from + sameStart, to - sameEnd, after.slice(sameStart, after.length - sameEnd)),
    line: newlines(text, 0, place),
  };
}

function viewOf(text: string): string {
  return textLines(text).map(expandTabs).join('\n');
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function beginnings(text: string, part: string, places: readonly number[]): number[] {
  if (!part.includes('\n'))
    return text.split('\n').flatMap((line, index) => (line.includes(part) ? [index + 1] : []));
  let line = 1;
  return places.map((place, index) => {
    line += newlines(text, places[index - 1] ?? 0, place);
    return line;
  });
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

import { commonEnd, commonStart } from './common.ts';
import { expandTabs, indentsWithTabs, restoreTabs, splitAtView } from './tabs.ts';
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
  /** Numbers, from 1, of the lines that hold the text; none where it has several lines, as the recorded tool does. */
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
  if ((oldText + newText).includes('\t')) {
    const verbatim = textLines(oldText).join('\n');
    const [place, ...others] = placesOf(plain, verbatim);
    if (place !== undefined && others.length === 0) {
      const added = textLines(newText).join('\n');
      return verbatim === added ? { type: 'same' } : replaceVerbatim(file, plain, place, verbatim, added);
    }
  }
  const view = viewOf(plain);
  const old = viewOf(oldText);
  const [place, ...others] = placesOf(view, old);
  if (place === undefined) return { type: 'missing' };
  if (others.length > 0) return { type: 'ambiguous', lines: linesWith(view, old) };
  const added = viewOf(newText);
  return old === added ? { type: 'same' } : replaceInView(file, view, place, old, added);
}

function replaceVerbatim(file: TextFile, plain: string, place: number, old: string, added: string): Replaced {
  const { from, to, start, end } = span(plain, place, old);
  const text = plain.slice(start, place) + added + plain.slice(place + old.length, end);
  return replaced(file, from, to, text.split('\n'));
}

function replaceInView(file: TextFile, view: string, place: number, old: string, added: string): Replaced {
  const { from, to, start, lastStart } = span(view, place, old);
  const texts = file.lines.map(({ text }) => text);
  const [matched, behind] = splitAtView(texts[to - 1] ?? '', place + old.length - lastStart);
  const views = (view.slice(start, place) + added).split('\n');
  const lines = restoreTabs([...texts.slice(from, to - 1), matched], views, indentsWithTabs(texts, from, to));
  lines.push((lines.pop() ?? '') + behind);
  return replaced(file, from, to, lines);
}

interface Span {
  /** Indices of the lines that a match touches; `to` is not included. */
  readonly from: number;
  readonly to: number;
  /** Where these lines begin and end in the text, and where the last of them begins. */
  readonly start: number;
  readonly end: number;
  readonly lastStart: number;
}

function span(text: string, place: number, match: string): Span {
  const start = lineStart(text, place);
  const matchEnd = place + match.length;
  const end = text.indexOf('\n', matchEnd);
  const from = newlines(text, 0, start);
  return {
    from,
    to: from + newlines(text, start, matchEnd) + 1,
    start,
    end: end === -1 ? text.length : end,
    lastStart: lineStart(text, matchEnd),
  };
}

function replaced(file: TextFile, from: number, to: number, texts: readonly string[]): Replaced {
  const before = file.lines.slice(from, to).map(({ text }) => text);
  const sameStart = commonStart(before, texts);
  const sameEnd = commonEnd(before, texts, sameStart);
  const changed = texts.slice(sameStart, texts.length - sameEnd);
  return { type: 'replaced', file: spliceLines(file, from + sameStart, to - sameEnd, changed), line: from };
}

function lineStart(text: string, index: number): number {
  return index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1;
}

function viewOf(text: string): string {
  return textLines(text).map(expandTabs).join('\n');
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function linesWith(text: string, part: string): number[] {
  return text.split('\n').flatMap((line, index) => (line.includes(part) ? [index + 1] : []));
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

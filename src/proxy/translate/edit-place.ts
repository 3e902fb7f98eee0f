import { type EditorRequest, openEditor } from '../../agent/index.ts';
import { memoryFiles } from './memory-files.ts';

/** What the editor makes of a request on a file of this content. */
export interface EditOutcome {
  /** What the model reads. */
  readonly output: string;
  /** The file afterwards; undefined where the request was refused. */
  readonly after: string | undefined;
}

export async function runEditor(request: EditorRequest, content: string): Promise<EditOutcome> {
  const files = memoryFiles({ type: 'file', path: request.path, content });
  const output = await openEditor(files).execute(request);
  const { content: after } = files;
  return { output, after: after === content ? undefined : after };
}

/** A text that stands in a file only once, and what takes its place. */
export interface UniqueEdit {
  readonly old: string;
  readonly new: string;
  /** Code units at both ends of `new` that were there before. */
  readonly head: number;
  readonly tail: number;
}

/** The change from one text to another as whole lines, with as many lines around them as make it unique. */
export function uniqueChange(before: string, after: string): UniqueEdit | undefined {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < most - start && before[before.length - 1 - same] === after[after.length - 1 - same])
    same += 1;
  const from = lineStart(before, start);
  const to = Math.max(from, lineEnd(before, before.length - same));
  return uniqueEdit(before, from, to, after.slice(from, to + after.length - before.length));
}

/** Text in the place of `before` from `start` to `end`, with as many lines around it as make it unique. */
export function uniqueEdit(before: string, start: number, end: number, text: string): UniqueEdit | undefined {
  for (let from = start, to = end; ; ) {
    const old = before.slice(from, to);
    if (old !== '' && isUnique(before, old)) {
      const edited = before.slice(from, start) + text + before.slice(end, to);
      return { old, new: edited, head: start - from, tail: to - end };
    }
    if (from === 0 && to === before.length) return undefined;
    from = lineStart(before, from - 1);
    to = to === before.length ? to : lineEnd(before, to + 1);
  }
}

/** Where line `line`, counted from 1, begins; the end of the text where it has fewer. */
export function lineOffset(text: string, line: number): number {
  let at = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const next = text.indexOf('\n', at);
    if (next === -1) return text.length;
    at = next + 1;
  }
  return at;
}

function isUnique(text: string, part: string): boolean {
  const place = text.indexOf(part);
  return place !== -1 && text.indexOf(part, place + 1) === -1;
}

function lineStart(text: string, at: number): number {
  return at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** The end of the line in which the character before `at` stands, its newline included. */
function lineEnd(text: string, at: number): number {
  if (at === 0) return 0;
  const next = text.indexOf('\n', at - 1);
  return next === -1 ? text.length : next + 1;
}

import { type Language, languageOf } from '../../../syntax/index.ts';
import { extentOf, linesAbove } from './extent.ts';
import type { Place } from './find-function.ts';
import { readNumbered } from './hands.ts';
import type { Scene } from './scene.ts';
import { type Steps, turn } from './turn.ts';

/** A function as it was read, with what is known of its file. */
export interface ReadFunction {
  readonly file: string;
  readonly language: Language;
  readonly name: string;
  readonly fullName: string;
  /** The number of the first line, comments above the function included. */
  readonly first: number;
  readonly lines: readonly string[];
  /** All lines of the file that were seen. */
  readonly known: Map<number, string>;
  /** Lines of the file end in CR LF. */
  readonly carriageReturns: boolean;
  /** False where the function's end was not seen. */
  readonly complete: boolean;
}

const ABOVE = 15;
const WINDOW = 100;
const WINDOWS = 4;

/** Reads a function, window after window until its end is seen; undefined where the file does not show its line. */
export async function* readFunction(place: Place, scene: Scene): Steps<ReadFunction | undefined> {
  const language = languageOf(place.file);
  if (!language) return undefined;
  const known = new Map<number, string>();
  let carriageReturns = false;
  let last = Math.max(0, place.line - ABOVE - 1);
  for (let window = 0; window < WINDOWS && last < place.total; window += 1) {
    const first = last + 1;
    last = Math.min(place.total, Math.max(place.line, first) + WINDOW);
    const seen = yield* readWindow(place, first, last, window, scene);
    if (seen.lines.size === 0) break;
    for (const [number, text] of seen.lines) known.set(number, text);
    carriageReturns ||= seen.carriageReturns;
    last = Math.max(...seen.lines.keys());
    const lines = linesUntilGap(known, place.line);
    if (lines.length === 0) return undefined;
    const length = await extentOf(language, lines, last >= place.total);
    if (length !== undefined) {
      return cut(place, language, known, lines.slice(0, length), carriageReturns, true);
    }
  }
  const lines = linesUntilGap(known, place.line);
  return lines.length > 0 ? cut(place, language, known, lines, carriageReturns, false) : undefined;
}

async function* readWindow(place: Place, first: number, last: number, window: number, scene: Scene) {
  const random = scene.random.fork(`read ${place.file} ${first}`);
  const places = { file: place.file, line: String(place.line) };
  const stage = window === 0 ? 'read' : 'more';
  return readNumbered(yield turn(stage, scene.hands.view(place.file, first, last), random, places));
}

function linesUntilGap(known: ReadonlyMap<number, string>, from: number): string[] {
  const lines: string[] = [];
  for (let line = known.get(from); line !== undefined; line = known.get(from + lines.length))
    lines.push(line);
  return lines;
}

function cut(
  place: Place,
  language: Language,
  known: Map<number, string>,
  lines: readonly string[],
  carriageReturns: boolean,
  complete: boolean,
): ReadFunction {
  const above: string[] = [];
  for (let number = place.line - 1; known.has(number); number -= 1) above.unshift(known.get(number) ?? '');
  const count = linesAbove(language, above);
  return {
    file: place.file,
    language,
    name: place.name,
    fullName: place.fullName,
    first: place.line - count,
    lines: [...above.slice(above.length - count), ...lines],
    known,
    carriageReturns,
    complete,
  };
}

import { lengthOf } from '../clip.ts';
import { commonEnd, commonStart } from './common.ts';

const TAB_WIDTH = 8;

/** A line as a view shows it: tabs become spaces up to the next multiple of eight columns. */
export function expandTabs(line: string): string {
  if (!line.includes('\t')) return line;
  const [first = '', ...rest] = line.split('\t');
  let expanded = first;
  let column = lengthOf(first);
  for (const part of rest) {
    const width = TAB_WIDTH - (column % TAB_WIDTH);
    expanded += ' '.repeat(width) + part;
    column += width + lengthOf(part);
  }
  return expanded;
}

/** Cuts a line where its view has so many code units; a tab that is cut becomes spaces on both sides. */
export function splitAtView(line: string, length: number): [string, string] {
  const offsets = viewOffsets(line);
  const end = offsets.findIndex((offset) => offset >= length);
  const over = (offsets[end] ?? length) - length;
  if (over === 0) return [line.slice(0, end), line.slice(end)];
  const spaces = ' '.repeat(length - (offsets[end - 1] ?? 0));
  return [line.slice(0, end - 1) + spaces, ' '.repeat(over) + line.slice(end)];
}

/** Whether lines around `from` to `to` are indented with tabs; where they aren't indented, what most lines do. */
export function indentsWithTabs(lines: readonly string[], from: number, to: number): boolean {
  const near = balance(lines.slice(Math.max(0, from - 1), to + 1));
  return (near === 0 ? balance(lines) : near) > 0;
}

function balance(lines: readonly string[]): number {
  return lines.reduce(
    (sum, line) => sum + (line.startsWith('\t') ? 1 : line.startsWith(' '.repeat(TAB_WIDTH)) ? -1 : 0),
    0,
  );
}

/**
 * Gives lines that were written as a view shows them the white space of the lines whose place they take.
 * What a view shows of the result is exactly `views`.
 *
 * @param old the lines as they stand in the file
 * @param views the lines to come, with spaces where the file may have tabs
 */
export function restoreTabs(old: readonly string[], views: readonly string[], tabs: boolean): string[] {
  const oldViews = old.map(expandTabs);
  const sameStart = commonStart(oldViews, views);
  const sameEnd = commonEnd(oldViews, views, sameStart);
  const rest = old.length - sameEnd;
  let next = sameStart;
  return views.map((view, index) => {
    if (index < sameStart) return old[index] ?? view;
    if (index >= views.length - sameEnd) return old[index - views.length + old.length] ?? view;
    const again = oldViews.indexOf(view, next);
    if (again !== -1 && again < rest) {
      next = again + 1;
      return old[again] ?? view;
    }
    const replaced = old.length === views.length ? old[index] : undefined;
    return restoreLine(replaced, view, tabs);
  });
}

function restoreLine(old: string | undefined, view: string, tabs: boolean): string {
  const candidates = old?.includes('\t') ? keepingTabs(old, view) : [];
  if (tabs) candidates.push(indented(view));
  return candidates.find((candidate) => expandTabs(candidate) === view) ?? view;
}

/** The old line with what changed in its middle, or in all that follows the change. */
function keepingTabs(old: string, view: string): string[] {
  const oldView = expandTabs(old);
  const offsets = viewOffsets(old);
  const sameStart = commonStart(oldView, view);
  const sameEnd = commonEnd(oldView, view, sameStart);
  const start = offsets.findLastIndex((offset) => offset <= sameStart);
  const end = offsets.findIndex((offset, index) => index >= start && offset >= oldView.length - sameEnd);
  const changed = view.slice(offsets[start]);
  const keptEnd = oldView.length - (offsets[end] ?? 0);
  return [
    old.slice(0, start) + changed.slice(0, changed.length - keptEnd) + old.slice(end),
    old.slice(0, start) + changed,
  ];
}

/** For each index of a line, its end included, the index in its view. */
function viewOffsets(line: string): number[] {
  const offsets = [0];
  let column = 0;
  let offset = 0;
  for (const character of line) {
    const width = character === '\t' ? TAB_WIDTH - (column % TAB_WIDTH) : 1;
    column += width;
    offset += character === '\t' ? width : character.length;
    if (character.length === 2) offsets.push(offset - 1);
    offsets.push(offset);
  }
  return offsets;
}

function indented(view: string): string {
  const spaces = /^ */.exec(view)?.[0].length ?? 0;
  return '\t'.repeat(Math.floor(spaces / TAB_WIDTH)) + view.slice(spaces - (spaces % TAB_WIDTH));
}

import type { LineChange } from './line-change.ts';

/** A tool call before it has an id. */
export interface ToolUse {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Lines of a file by their number, from 1. */
export type KnownLines = ReadonlyMap<number, string>;

/** What became of a change that a tool was asked to make. */
export type Outcome = 'done' | 'not unique' | 'failed';

/** How a tool profile's tools are used to look, change and submit. */
export interface Hands {
  shell(command: string): ToolUse;
  /** Shows what is in the repository. */
  look(): ToolUse;
  /** Shows some lines of a file, with their numbers. */
  view(file: string, first: number, last: number): ToolUse;
  /** Puts lines in the place of others; `context` more lines around them make the place unique. */
  replace(file: string, change: LineChange, known: KnownLines, context: number): ToolUse;
  /** True where the tool gives new lines the line ends of the file. */
  readonly keepsLineEnds: boolean;
  outcome(observation: string): Outcome;
  /** Asks for submission; the profile decides how often it must be asked. */
  submit(): ToolUse;
}

/** The text that a command printed, without what the profile puts around it. */
export function printed(observation: string): string {
  const tagged = /<output>\n?([\s\S]*?)\n?<\/output>\s*$/.exec(observation);
  return tagged?.[1] ?? observation.replace(/^OBSERVATION:\n/, '');
}

/**
 * Reads numbered lines (`cat -n`, the editor's view: six columns and a tab) out of an observation. A line that a
 * clipping may have cut, the last one before a gap, is left out. Carriage returns at the ends of lines are dropped.
 */
export function readNumbered(observation: string): {
  readonly lines: KnownLines;
  readonly carriageReturns: boolean;
} {
  const lines = new Map<number, string>();
  let carriageReturns = false;
  let last = 0;
  for (const row of printed(observation).split('\n')) {
    const [, number, text = ''] = /^(?=[ \d]{6,}\t) *(\d+)\t(.*)$/s.exec(row) ?? [];
    if (number === undefined) {
      if (/clipped|elided|omitted|truncated|left out/i.test(row)) lines.delete(last);
    } else if (Number(number) > last) {
      if (last > 0 && Number(number) !== last + 1) lines.delete(last);
      last = Number(number);
      carriageReturns ||= text.endsWith('\r');
      lines.set(last, text.replace(/\r$/, ''));
    }
  }
  return { lines, carriageReturns };
}

/** A path that the shell takes literally, and no program takes for an option. */
export function quote(word: string): string {
  return literal(word.startsWith('-') ? `./${word}` : word);
}

/** A word that the shell takes literally. */
export function literal(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** How one client words what its tools did. */
export interface ResultReader {
  command(text: string, failed: boolean): CommandResult;
  read(text: string, failed: boolean, request: ReadRequest): ReadResult;
  edit(text: string, failed: boolean): EditResult;
  write(text: string, failed: boolean): WriteResult;
}

export type CommandResult =
  | { readonly type: 'ran'; readonly output: string; readonly exitCode: number | undefined }
  /** It has not ended yet; what it prints from here on must be asked for. */
  | { readonly type: 'running'; readonly output: string; readonly session: number }
  /** It was not run, or not to its end; the text says why. */
  | { readonly type: 'other'; readonly text: string };

/** Which lines were asked for; numbers from 1. */
export interface ReadRequest {
  readonly first: number;
  /** All of them where left out. */
  readonly limit?: number;
}

export type ReadResult =
  | {
      readonly type: 'lines';
      readonly first: number;
      /** A file that ends in a newline has an empty last line. */
      readonly lines: readonly string[];
      /** Whether the last of them is the file's last. */
      readonly end: boolean;
    }
  | { readonly type: 'directory' }
  | { readonly type: 'missing' }
  /** The first line asked for lies behind the last. */
  | { readonly type: 'past-end'; readonly lines: number }
  /** The client believes that the model still has it before its eyes. */
  | { readonly type: 'unchanged' }
  /** It must be read in parts. */
  | { readonly type: 'too-large' }
  | { readonly type: 'other'; readonly text: string };

export type EditResult =
  | { readonly type: 'done' }
  /** The file is not as the edit expects it, or the client wants to see it read first. */
  | { readonly type: 'mismatch'; readonly text: string }
  | { readonly type: 'other'; readonly text: string };

export type WriteResult =
  | { readonly type: 'done' }
  | { readonly type: 'exists' }
  | { readonly type: 'other'; readonly text: string };

/** Lines in front of which their number stands; undefined where one has none, or the numbers have gaps. */
export function unnumbered(
  text: string,
  pattern: RegExp,
): { readonly first: number; readonly lines: readonly string[] } | undefined {
  const lines: string[] = [];
  let first: number | undefined;
  for (const line of text.split('\n')) {
    const match = pattern.exec(line);
    if (!match) return undefined;
    const number = Number(match[1]);
    first ??= number;
    if (number !== first + lines.length) return undefined;
    lines.push(match[2] ?? '');
  }
  return first === undefined ? undefined : { first, lines };
}

/** Words in which clients say that an edit does not fit the file. */
export const MISMATCH =
  /not found|could not find|couldn't find|does not exist|no such file|not been read|must read|read it (?:first|again)|re-read|modified since|has been modified|has changed|matches|multiple|occurrence|identical|exactly the same|no changes/i;

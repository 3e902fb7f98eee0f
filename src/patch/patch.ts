/** One file's part of a unified diff. */
export interface FilePatch {
  /** Path before the change; null where the file is new. */
  readonly oldPath: string | null;
  /** Path after the change; null where the file was removed. */
  readonly newPath: string | null;
  /** True where git only says that binary files differ. */
  readonly binary: boolean;
  readonly hunks: readonly Hunk[];
}

export interface Hunk {
  readonly oldStart: number;
  readonly newStart: number;
  /** Body lines with their sign: ` `, `+` or `-`. */
  readonly lines: readonly string[];
}

const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Reads a unified diff as git writes it. A hunk is as long as its header says, so that a removed line that
 * begins with `--` (shown as `---`) is a changed line and not a header. Text that is no diff yields no files.
 */
export function parsePatch(text: string): FilePatch[] {
  const files: MutableFile[] = [];
  let file: MutableFile | undefined;
  let hunk: MutableHunk | undefined;
  for (const line of linesOf(text)) {
    if (hunk && takesLine(hunk, line)) continue;
    hunk = undefined;
    const header = HUNK_HEADER.exec(line);
    if (header) {
      file ??= addFile(files);
      hunk = openHunk(header);
      file.hunks.push(hunk);
    } else if (line.startsWith('diff --git ')) {
      file = addFile(files, line);
    } else if (line.startsWith('--- ')) {
      // A plain diff has no `diff` line: there a second `---` begins the next file.
      if (!file || file.hunks.length > 0) file = addFile(files);
      file.oldPath = headerPath(line.slice(4), 'a/');
    } else if (file) {
      readFileHeader(file, line);
    }
  }
  return files;
}

interface MutableFile {
  oldPath: string | null;
  newPath: string | null;
  binary: boolean;
  hunks: MutableHunk[];
}

interface MutableHunk {
  oldStart: number;
  newStart: number;
  oldLeft: number;
  newLeft: number;
  lines: string[];
}

/** Lines of a diff; a carriage return belongs to its line, since it is part of the file's content. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function addFile(files: MutableFile[], header?: string): MutableFile {
  const paths = header ? gitHeaderPaths(header) : null;
  const file: MutableFile = {
    oldPath: paths?.[0] ?? null,
    newPath: paths?.[1] ?? null,
    binary: false,
    hunks: [],
  };
  files.push(file);
  return file;
}

function openHunk(header: RegExpExecArray): MutableHunk {
  return {
    oldStart: Number(header[1]),
    oldLeft: Number(header[2] ?? 1),
    newStart: Number(header[3]),
    newLeft: Number(header[4] ?? 1),
    lines: [],
  };
}

/** Adds the line to the hunk where its header still promises one; says whether it was taken. */
function takesLine(hunk: MutableHunk, line: string): boolean {
  if (line.startsWith('\\')) return true; // "\ No newline at end of file"
  if (hunk.oldLeft <= 0 && hunk.newLeft <= 0) return false;
  const sign = line[0] ?? ' '; // editors and mailers strip the blank of an empty context line
  if (sign !== ' ' && sign !== '+' && sign !== '-') return false;
  if (sign !== '+') hunk.oldLeft -= 1;
  if (sign !== '-') hunk.newLeft -= 1;
  hunk.lines.push(line === '' ? ' ' : line);
  return true;
}

function readFileHeader(file: MutableFile, line: string): void {
  if (line.startsWith('+++ ')) file.newPath = headerPath(line.slice(4), 'b/');
  else if (line.startsWith('new file mode')) file.oldPath = null;
  else if (line.startsWith('deleted file mode')) file.newPath = null;
  else if (line.startsWith('rename from ')) file.oldPath = unquote(line.slice(12));
  else if (line.startsWith('rename to ')) file.newPath = unquote(line.slice(10));
  else if (line.startsWith('Binary files ') || line.startsWith('GIT binary patch')) file.binary = true;
}

function headerPath(text: string, prefix: 'a/' | 'b/'): string | null {
  const path = unquote(text.replace(/\t.*$/, '').replace(/\r$/, ''));
  if (path === '/dev/null') return null;
  return path.startsWith(prefix) ? path.slice(2) : path;
}

/** Both paths of a `diff --git` line; they are the same unless the file was renamed, which its own lines tell. */
function gitHeaderPaths(line: string): [string, string] | null {
  const rest = line.slice('diff --git '.length).replace(/\r$/, '');
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(rest);
  if (quoted?.[1] && quoted[2]) return [unquote(quoted[1]).slice(2), unquote(quoted[2]).slice(2)];
  const half = rest.slice(0, (rest.length - 1) / 2); // unquoted paths with blanks: two equal halves
  return half.startsWith('a/') ? [half.slice(2), half.slice(2)] : null;
}

const ESCAPES: Readonly<Record<string, number>> = {
  n: 10,
  t: 9,
  r: 13,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  '"': 34,
  '\\': 92,
};

/** Undoes git's C-style quoting of unusual paths, in which bytes beyond ASCII stand as octal escapes. */
function unquote(path: string): string {
  if (!path.startsWith('"') || !path.endsWith('"') || path.length < 2) return path;
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of path.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gsu)) {
    if (octal) bytes.push(Number.parseInt(octal, 8));
    else if (escaped) bytes.push(ESCAPES[escaped] ?? escaped.charCodeAt(0));
    else bytes.push(...Buffer.from(plain ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}

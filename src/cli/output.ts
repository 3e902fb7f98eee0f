import colors from 'picocolors';

/** Colours for standard output and standard error, each only where it is a terminal and `NO_COLOR` is not set. */
export const paint = {
  out: colors.createColors(useColors(process.stdout)),
  err: colors.createColors(useColors(process.stderr)),
};

function useColors(stream: NodeJS.WriteStream): boolean {
  if (process.env.NO_COLOR) return false;
  // A pipe has no `isTTY` at all, and picocolors would decide by itself on an undefined answer: in colour, where CI is set.
  return Boolean(process.env.FORCE_COLOR || (stream.isTTY && process.env.TERM !== 'dumb'));
}

/** A line for people or programs, on standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** One JSON document, or one object a line where it streams, on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A line of progress or advice, on standard error. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Ends quietly when the reader of the output has gone (`sera functions . | head`). */
export function quietOnClosedPipe(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

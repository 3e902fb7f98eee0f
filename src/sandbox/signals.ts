const NAMES: Readonly<Record<number, string>> = {
  4: 'Illegal instruction',
  6: 'Aborted',
  7: 'Bus error',
  8: 'Floating point exception',
  9: 'Killed',
  11: 'Segmentation fault',
  13: 'Broken pipe',
  15: 'Terminated',
  24: 'CPU time limit exceeded',
  25: 'File size limit exceeded',
};

/**
 * What an interactive bash without a terminal says when a program was ended by a signal: that it could not restore
 * the terminal. With one it would name the signal.
 */
const COMPLAINT = /bash: \[\d+: \d+ \(\d+\)\] tcsetattr: .*/g;

/** Puts into an output what a bash at a terminal would say where a program was ended by a signal. */
export function nameSignals(output: string, exitCode: number | null): string {
  if (!output.includes('tcsetattr')) return output;
  const last = exitCode !== null && exitCode > 128 ? NAMES[exitCode - 128] : undefined;
  let left = output.match(COMPLAINT)?.length ?? 0;
  return output.replace(COMPLAINT, () => {
    left -= 1;
    return left === 0 && last !== undefined ? last : 'Ended by a signal';
  });
}

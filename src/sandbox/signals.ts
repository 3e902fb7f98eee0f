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

/**
 * Puts into an output what a bash at a terminal would say where a program was ended by a signal.
 *
 * @param exitCode null where the signals were this program's own, and nothing is to be said of them
 */
export function nameSignals(output: string, exitCode: number | null): string {
  if (!output.includes('tcsetattr')) return output;
  if (exitCode === null) return output.replace(new RegExp(`${COMPLAINT.source}\\n?`, 'g'), '');
  let left = output.match(COMPLAINT)?.length ?? 0;
  return output.replace(COMPLAINT, () => {
    left -= 1;
    return (left === 0 ? NAMES[exitCode - 128] : undefined) ?? 'Ended by a signal';
  });
}

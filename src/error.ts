/**
 * An error whose message is meant for the person at the keyboard: what is wrong and where, with what to do.
 * Rooms throw subclasses of it where the fact is known; the command line prints its one line and exits with
 * `exitStatus`. Anything else that is thrown is a fault of this program.
 */
export class SeraError extends Error {
  override readonly name: string = 'SeraError';
  /** 2 where the user typed something wrong, 1 for everything else. */
  readonly exitStatus: 1 | 2 = 1;
}

/** The command line, the configuration or an input file is not what it should be. */
export class UsageError extends SeraError {
  override readonly name: string = 'UsageError';
  override readonly exitStatus = 2;
}

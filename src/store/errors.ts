import { SeraError, UsageError } from '../error.ts';

/** The store cannot be opened, read or written. */
export class StoreError extends SeraError {
  override readonly name = 'StoreError';
}

/** A run or a task that the store does not have. */
export class UnknownRunError extends UsageError {
  override readonly name = 'UnknownRunError';
}

/** Another process generates this run at the moment. */
export class RunBusyError extends SeraError {
  override readonly name = 'RunBusyError';
}

/** What SQLite's result codes (https://sqlite.org/rescode.html) mean for the person at the keyboard. */
const CAUSES: Readonly<Record<number, string>> = {
  5: 'another process holds it locked',
  8: 'it, or its folder, cannot be written to',
  10: 'the disk answered with an error',
  11: 'the file is damaged',
  13: 'the disk is full',
  14: 'the file or its folder cannot be opened',
  26: 'the file is not a store of this program',
};

/** Turns a fault of the database into one clear line; everything else passes unchanged. */
export function asStoreError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const cause = CAUSES[error.errcode & 0xff] ?? error.message;
  return new StoreError(`store ${path}: ${cause}; choose another place with --store PATH`, { cause: error });
}

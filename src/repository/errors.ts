import { SeraError, UsageError } from '../error.ts';

/** What was named is no repository, or has no such commit. */
export class UnknownRepositoryError extends UsageError {
  override readonly name = 'UnknownRepositoryError';
}

/** A repository that exists cannot be cloned or read. */
export class RepositoryError extends SeraError {
  override readonly name: string = 'RepositoryError';
}

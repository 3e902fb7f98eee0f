import { SeraError, UsageError } from '../error.ts';

/** Data of the offline teacher was about to become training data. */
export class OfflineDataError extends SeraError {
  override readonly name = 'OfflineDataError';
}

/** A file of a data set cannot be written. */
export class DatasetWriteError extends SeraError {
  override readonly name = 'DatasetWriteError';
}

/** A recipe, or an option of one, is not what it should be. */
export class RecipeError extends UsageError {
  override readonly name = 'RecipeError';
}

/** A tokenizer or chat template cannot be read or is of a kind that is not known here. */
export class TokenizerError extends UsageError {
  override readonly name = 'TokenizerError';
}

/** A source is not there, or nothing of it can be read. */
export class SourceError extends UsageError {
  override readonly name = 'SourceError';
}

/** The Hub cannot be reached, or refuses. */
export class HubError extends SeraError {
  override readonly name = 'HubError';
}

/** Threads to work in cannot be started, or end before their work does. */
export class ThreadError extends SeraError {
  override readonly name = 'ThreadError';
}

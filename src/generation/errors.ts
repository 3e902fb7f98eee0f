import { SeraError } from '../error.ts';

/** The teacher's answer cannot be used; the task fails and is taken up again when the run is started again. */
export class UnusableAnswerError extends SeraError {
  override readonly name = 'UnusableAnswerError';
}

/** A rollout was ended by a fault of the endpoint or the sandbox before anything was changed. */
export class RolloutFailedError extends SeraError {
  override readonly name = 'RolloutFailedError';
}

/** Nothing to generate from: no functions, or none of the languages that were asked for. */
export class NothingToDoError extends SeraError {
  override readonly name = 'NothingToDoError';
}

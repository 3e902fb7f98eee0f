import { SeraError, UsageError } from '../error.ts';

/** The history is longer than the model's context; the rollout ends with `exit_context`. */
export class ContextOverflowError extends SeraError {
  override readonly name = 'ContextOverflowError';
}

/** No endpoint answered although every retry was made; the rollout ends with `exit_api`. */
export class TeacherUnavailableError extends SeraError {
  override readonly name = 'TeacherUnavailableError';
}

/** A bad key, an unknown model, no credit: the run stops, since no later call could succeed. */
export class TeacherRefusedError extends SeraError {
  override readonly name = 'TeacherRefusedError';
}

/** The run's budget is spent; the run stops and can go on with a larger one. */
export class BudgetError extends SeraError {
  override readonly name = 'BudgetError';
}

/** A recorded trajectory does not contain the question that was asked. */
export class ReplayMismatchError extends SeraError {
  override readonly name = 'ReplayMismatchError';
}

/** A teacher specification that cannot be read. */
export class TeacherSpecError extends UsageError {
  override readonly name = 'TeacherSpecError';
}

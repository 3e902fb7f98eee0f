import { SeraError } from '../error.ts';

/** A model that cannot be served as asked: what is missing or too small, and what to do. */
export class ServingError extends SeraError {
  override readonly name: string = 'ServingError';
}

/** The engine ended, or did not answer in time. `tail` holds the last lines of its log. */
export class EngineError extends ServingError {
  override readonly name = 'EngineError';
  readonly tail: readonly string[];

  constructor(message: string, tail: readonly string[]) {
    super(message);
    this.tail = tail;
  }
}

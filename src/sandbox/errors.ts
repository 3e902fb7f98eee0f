import { SeraError } from '../error.ts';

/** No kind of sandbox, or not the one asked for, works on this machine. */
export class SandboxUnavailableError extends SeraError {
  override readonly name = 'SandboxUnavailableError';
  readonly reason: string;
  /** What to install or to allow. */
  readonly install: string | undefined;

  constructor(reason: string, install?: string) {
    super(install === undefined ? reason : `${reason}; ${install}`);
    this.reason = reason;
    this.install = install;
  }
}

/** One sandbox could not be started, or broke while it was used; the rollout ends with `exit_environment_error`. */
export class SandboxError extends SeraError {
  override readonly name: string = 'SandboxError';
}

/** A rollout used more memory, disk or processes than it may, and was ended. */
export class SandboxLimitError extends SandboxError {
  override readonly name = 'SandboxLimitError';
}

/** A file inside the sandbox is missing, not readable, not writable, or larger than the limit. */
export class SandboxFileError extends SeraError {
  override readonly name = 'SandboxFileError';
}

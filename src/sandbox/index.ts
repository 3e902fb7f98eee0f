export { SandboxError, SandboxFileError, SandboxLimitError, SandboxUnavailableError } from './errors.ts';
export { DEFAULT_LIMITS, openSandboxes, type SandboxOptions } from './open.ts';
export {
  type CommandOptions,
  type CommandResult,
  type FileKind,
  type Sandbox,
  type SandboxFiles,
  type SandboxKind,
  type SandboxLimits,
  type SandboxProvider,
  TESTBED,
} from './sandbox.ts';

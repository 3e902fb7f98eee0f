export { describeSandboxes, type SandboxReport } from './describe.ts';
export { SandboxError, SandboxFileError, SandboxLimitError, SandboxUnavailableError } from './errors.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export { openSandboxes, type SandboxOptions } from './open.ts';
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

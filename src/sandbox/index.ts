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

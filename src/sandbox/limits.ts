import type { SandboxLimits } from './sandbox.ts';

export const DEFAULT_LIMITS: SandboxLimits = {
  memory: 4 * 2 ** 30,
  disk: 4 * 2 ** 30,
  processes: 512,
  openFiles: 4096,
  output: 100_000,
};

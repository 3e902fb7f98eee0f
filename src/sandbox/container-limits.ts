import { readFileSync } from 'node:fs';
import type { SandboxLimits } from './sandbox.ts';
import { runsAsRoot } from './user.ts';

/** Rights over files that root of an image is used to have; they end at the container's own files. */
const RIGHTS = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'];

/** Words for `run` that hold a rollout's container to its limits; the engine sees to memory and number of processes. */
export function confinement(limits: SandboxLimits, network: boolean): string[] {
  const { memory, processes } = limits;
  return [
    ...(network ? [] : ['--network', 'none']),
    ...['--user', '0:0', '--hostname', 'sandbox', '--stop-timeout', '0'],
    ...['--cap-drop', 'ALL', ...RIGHTS.flatMap((right) => ['--cap-add', right])],
    ...['--security-opt', 'no-new-privileges', '--security-opt', 'label=disable'],
    ...['--memory', `${memory}`, '--memory-swap', `${memory}`, '--pids-limit', `${processes}`],
    ...ulimits(limits),
    ...['--shm-size', `${Math.floor(memory / 8)}`],
    ...['--tmpfs', `/tmp:rw,exec,nosuid,nodev,mode=1777,size=${Math.floor(memory / 2)}`],
  ];
}

/** Words for `run` and `create`: what engines ask for by default is more than some machines allow. */
export function ulimits({ openFiles, processes }: SandboxLimits): string[] {
  const files = Math.min(openFiles, hardLimit('Max open files'));
  // The kernel does not hold root to a number of processes; others would be held to it with all that they run.
  const tasks = runsAsRoot ? ['--ulimit', `nproc=${processes}:${processes}`] : [];
  return ['--ulimit', `nofile=${files}:${files}`, '--ulimit', 'core=0:0', ...tasks];
}

/** This process's own hard limit, which nothing that it starts can raise. */
function hardLimit(name: string): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const line = limits.split('\n').find((candidate) => candidate.startsWith(name)) ?? '';
  const hard = Number(line.slice(name.length).trim().split(/\s+/)[1]);
  return Number.isFinite(hard) ? hard : 1 << 20;
}

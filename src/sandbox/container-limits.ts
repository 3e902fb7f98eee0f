import { hardLimit, processLimit } from './process-limit.ts';
import type { SandboxLimits } from './sandbox.ts';

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

/**
 * Words for `run` and `create`: what engines ask for by default is more than some machines allow. An engine without
 * rights ignores the number of processes on machines with the first generation of control groups; there this holds.
 */
export function ulimits({ openFiles, processes }: SandboxLimits): string[] {
  const files = Math.min(openFiles, hardLimit('Max open files'));
  const tasks = processLimit(processes, false);
  return [`nofile=${files}:${files}`, `nproc=${tasks}:${tasks}`, 'core=0:0'].flatMap((limit) => [
    '--ulimit',
    limit,
  ]);
}

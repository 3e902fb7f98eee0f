import { readdirSync, readFileSync } from 'node:fs';

/** Kills every process of a rollout on the host: also those that left their process group and session. */
export function killWithHome(home: string): void {
  killMarked(`HOME=${home}\0`);
}

/** Kills every process of rollouts on the host whose folders lie below this one. */
export function killMarkedBelow(folder: string): void {
  killMarked(`HOME=${folder}/`);
}

function killMarked(mark: string): void {
  const needle = Buffer.from(mark);
  for (let round = 0; round < 10; round += 1) {
    const marked = processes().filter((pid) => environmentOf(pid).includes(needle));
    if (marked.length === 0) return;
    for (const pid of marked) kill(pid);
  }
}

function processes(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 1 && pid !== process.pid);
  } catch {
    return [];
  }
}

function environmentOf(pid: number): Buffer {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return Buffer.alloc(0);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile, or was never this user's.
  }
}

import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessUse {
  /** How many processes there are. */
  readonly processes: number;
  /** Bytes of memory that they have in use, shared ones counted for each. */
  readonly resident: number;
  readonly pids: readonly number[];
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly resident: number;
}

const PAGE = 4096;

/** The processes of the machine at one moment, as a forest. */
export class ProcessTable {
  readonly #children = new Map<number, Entry[]>();

  private constructor(entries: readonly Entry[]) {
    for (const entry of entries) {
      const siblings = this.#children.get(entry.parent);
      if (siblings === undefined) this.#children.set(entry.parent, [entry]);
      else siblings.push(entry);
    }
  }

  /** An empty one where the system has no `/proc`. */
  static read(): ProcessTable {
    return new ProcessTable(pids().flatMap((pid) => readEntry(pid) ?? []));
  }

  /** What descends from a process uses. */
  below(pid: number): ProcessUse {
    const found: Entry[] = [...(this.#children.get(pid) ?? [])];
    for (let at = 0; at < found.length; at += 1)
      found.push(...(this.#children.get(found[at]?.pid ?? 0) ?? []));
    return {
      processes: found.length,
      resident: found.reduce((sum, entry) => sum + entry.resident, 0),
      pids: found.map((entry) => entry.pid),
    };
  }
}

/** Bytes of memory of these processes, what several share counted once; undefined where that may not be read. */
export function proportionalMemory(pids: readonly number[]): number | undefined {
  let sum = 0;
  for (const pid of pids) {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
      sum += Number(/^Pss: *(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOENT' && code !== 'ESRCH') return undefined;
    }
  }
  return sum;
}

function pids(): number[] {
  try {
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}

function readEntry(pid: number): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name stands in parentheses, and may contain any character.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), resident: Number(fields[21]) * PAGE };
  } catch {
    return undefined;
  }
}

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { processExists } from '../process-exists.ts';

const record = z.object({
  name: z.string(),
  /** `here`, or the Modal app. */
  place: z.enum(['here', 'modal']),
  engine: z.string(),
  model: z.string(),
  /** Empty where it is not known yet. */
  url: z.string(),
  /** False while it starts. */
  ready: z.boolean(),
  /** Of the `sera serve` that looks after it; 0 where nobody needs to. */
  pid: z.number().int().nonnegative(),
  /** Tells this process from a later one with its number; absent where the system does not tell. */
  born: z.string().optional(),
  started: z.string(),
});

/** A server that `sera serve` started. */
export type ServerRecord = z.infer<typeof record>;

/** What is known of running servers between two calls: for each its record, its key and its log, for the user alone. */
export class ServerState {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  static of(environment: Readonly<Record<string, string | undefined>>): ServerState {
    const home = environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local', 'state');
    return new ServerState(join(home, 'sera', 'serve'));
  }

  path(name: string, kind: 'json' | 'key' | 'log' | 'py' | 'yaml'): string {
    return join(this.folder, `${name}.${kind}`);
  }

  /** Writes a file of a server, readable by the user alone. */
  async write(name: string, kind: 'json' | 'key' | 'py' | 'yaml', text: string): Promise<string> {
    await this.prepare();
    const path = this.path(name, kind);
    const aside = `${path}.${process.pid}`;
    await writeFile(aside, text, { mode: 0o600 });
    await rename(aside, path);
    return path;
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  async save(name: string, server: Omit<ServerRecord, 'name'>): Promise<void> {
    await this.write(name, 'json', JSON.stringify({ name, ...server }));
  }

  /** Forgets a server and its key; the log stays. */
  async forget(name: string): Promise<void> {
    await Promise.all(
      (['json', 'key', 'yaml'] as const).map((kind) => rm(this.path(name, kind), { force: true })),
    );
  }

  async find(name: string): Promise<ServerRecord | undefined> {
    return (await this.list()).find((server) => server.name === name);
  }

  /** Servers that run; what is left of others is removed. */
  async list(): Promise<ServerRecord[]> {
    const files = await readdir(this.folder).catch(() => []);
    const servers: ServerRecord[] = [];
    for (const file of files.filter((name) => name.endsWith('.json')).toSorted()) {
      const server = await this.#read(join(this.folder, file));
      if (server === undefined) continue;
      if (server.pid === 0 || (await birthOf(server.pid)) === (server.born ?? '')) servers.push(server);
      else await this.forget(server.name);
    }
    return servers;
  }

  async #read(path: string): Promise<ServerRecord | undefined> {
    try {
      return record.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return undefined;
    }
  }
}

/**
 * When a process was born, in the system's own unit.
 *
 * @returns undefined where there is no such process; empty where the system does not tell
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  if (!processExists(pid)) return undefined;
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''; // field 22, counted from the third
  } catch {
    return '';
  }
}

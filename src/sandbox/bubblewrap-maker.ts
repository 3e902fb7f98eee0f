import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BashSandbox } from './bash-sandbox.ts';
import { type BubblewrapOptions, firstProcess, temporaryUse } from './bubblewrap.ts';
import { diskUse } from './disk.ts';
import { environment, HOME, insidePath } from './environment.ts';
import { SandboxError, SandboxUnavailableError } from './errors.ts';
import { findProgram } from './find-program.ts';
import { type Launched, spawnWarden } from './launched.ts';
import { type Maker, probe, type Workshop } from './maker.ts';
import { INSIDE } from './patch.ts';
import { type Prepared, prepareTree } from './prepared.ts';
import { MECHANISMS, type Mechanism } from './private-copy.ts';
import { processLimit } from './process-limit.ts';
import { removeFolder } from './remove.ts';
import type { Sandbox } from './sandbox.ts';
import { systemCallFilter } from './system-calls.ts';
import { runsAsRoot, SANDBOX_USER } from './user.ts';
import { Version } from './version.ts';

/**
 * Finds out how bubblewrap works here.
 *
 * @throws SandboxUnavailableError it does not; the message says why and what to install
 */
export async function bubblewrapMaker(workshop: Workshop, mechanisms = MECHANISMS): Promise<Maker> {
  const filter = await writeFilter(workshop.folder);
  const options = { ...workshop, ...(await findBubblewrap()), filter };
  const reasons: string[] = [];
  for (const mechanism of mechanisms.filter((candidate) => candidate.worksWith(options))) {
    const maker = new BubblewrapMaker(workshop, options, mechanism);
    try {
      await probe(maker, workshop, mechanism.name);
      return maker;
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      reasons.push(error.message);
    }
  }
  const reason = `bubblewrap ${options.version.text} does not work here: ${reasons.at(-1)}`;
  throw new SandboxUnavailableError(reason, advice());
}

/** @returns the file with the filter of system calls for this machine */
async function writeFilter(folder: string): Promise<string | undefined> {
  const program = systemCallFilter();
  if (program === undefined) return undefined;
  const file = join(folder, 'system-calls');
  await writeFile(file, program);
  return file;
}

async function findBubblewrap(): Promise<Pick<BubblewrapOptions, 'program' | 'version'>> {
  const program = findProgram('bwrap');
  if (program === undefined) {
    throw new SandboxUnavailableError('bubblewrap is not installed', 'apt-get install bubblewrap');
  }
  const { stdout } = await promisify(execFile)(program, ['--version']);
  return { program, version: new Version(stdout) };
}

function advice(): string {
  const container =
    'in a container run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined';
  if (runsAsRoot) return container;
  const ubuntu = 'on Ubuntu 24.04 `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`';
  return `user namespaces must be allowed: ${ubuntu}; ${container}`;
}

class BubblewrapMaker implements Maker {
  readonly kind = 'bubblewrap';
  readonly description: string;
  readonly #workshop: Workshop;
  readonly #options: BubblewrapOptions;
  readonly #mechanism: Mechanism;
  readonly #prepared = new Map<string, Promise<Prepared>>();
  #made = 0;

  constructor(workshop: Workshop, options: BubblewrapOptions, mechanism: Mechanism) {
    this.#workshop = workshop;
    this.#options = options;
    this.#mechanism = mechanism;
    this.description = `${options.version.text}, private trees by ${mechanism.name}`;
  }

  /** Free of characters that mount options give a meaning. */
  get #name(): string {
    return this.#mechanism.name.replaceAll(' ', '-');
  }

  async make(tree: string): Promise<Sandbox> {
    return this.#open(await this.#prepare(tree));
  }

  async #open(prepared: Prepared): Promise<BashSandbox> {
    const launched = await this.#launch(prepared);
    const sandbox = new BashSandbox('bubblewrap', launched, INSIDE, this.#workshop);
    await sandbox.boot(`ulimit -u ${processLimit(this.#workshop.limits.processes, true)}`);
    return sandbox;
  }

  #prepare(tree: string): Promise<Prepared> {
    const known = this.#prepared.get(tree);
    if (known !== undefined) return known;
    const folder = join(this.#workshop.folder, `${this.#name}-prepared-${this.#prepared.size}`);
    const prepared = prepareTree(tree, folder, runsAsRoot ? SANDBOX_USER : undefined).then(async (made) => {
      if (this.#mechanism.shares) await this.#refreshIndex(made);
      return made;
    });
    this.#prepared.set(tree, prepared);
    prepared.catch(() => this.#prepared.delete(tree));
    return prepared;
  }

  /** File numbers and times are those of the overlay then, and the same in every sandbox of this tree. */
  async #refreshIndex(prepared: Prepared): Promise<void> {
    const sandbox = await this.#open(prepared);
    try {
      const index = await sandbox.refreshedIndex();
      if (index === undefined) return;
      await writeFile(join(prepared.git, 'index'), index);
      await writeFile(join(prepared.tree, '.git', 'index'), index);
    } finally {
      await sandbox.close();
    }
  }

  async #launch(prepared: Prepared): Promise<Launched> {
    const base = this.#workshop.folder;
    const folder = join(base, `${this.#name}-${this.#made++}`);
    await mkdir(folder);
    const folders = { base, prepared, rollout: folder };
    const command = await this.#mechanism.command(folders, this.#options);
    const env = environment(insidePath(this.#workshop.readOnly), HOME);
    const spawned = await spawnWarden(this.#workshop.pipes, command, {
      cwd: base,
      env,
      detached: true,
      filter: this.#options.filter,
    });
    const first = (): number => firstProcess(spawned.root) ?? spawned.root;
    return {
      ...spawned,
      temporary: () => temporaryUse(first()),
      written: async () => (await diskUse(folder)) - (this.#mechanism.shares ? 0 : prepared.size),
      end: async () => {
        kill(first());
        await spawned.ended;
        spawned.release();
        await removeFolder(folder);
      },
    };
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

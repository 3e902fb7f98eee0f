import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BashSandbox } from './bash-sandbox.ts';
import { firstProcess, REPOSITORY, SCRATCH, temporaryUse } from './bubblewrap.ts';
import { diskUse } from './disk.ts';
import { SandboxError, SandboxUnavailableError } from './errors.ts';
import { type Launched, spawnWarden } from './launched.ts';
import { type Maker, probe, type Workshop } from './maker.ts';
import { type Prepared, prepareTree } from './prepared.ts';
import { type CopyMechanism, isolatedCommand } from './private-copy.ts';
import { removeFolder } from './remove.ts';
import { type Sandbox, TESTBED } from './sandbox.ts';
import { runsAsRoot, SANDBOX_USER } from './user.ts';

const MECHANISMS: readonly CopyMechanism[] = ['overlay', 'copy'];

/**
 * Finds out how bubblewrap works here.
 *
 * @throws SandboxUnavailableError it does not; the message says why and what to install
 */
export async function bubblewrapMaker(workshop: Workshop): Promise<Maker> {
  const version = await bubblewrapVersion();
  const reasons: string[] = [];
  for (const mechanism of MECHANISMS) {
    const maker = new BubblewrapMaker(workshop, mechanism, version);
    try {
      await probe(maker, workshop, mechanism);
      return maker;
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new SandboxUnavailableError(`bubblewrap ${version} does not work here: ${reasons.at(-1)}`, advice());
}

async function bubblewrapVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('bwrap', ['--version']);
    return stdout.trim().split(' ').at(-1) ?? '';
  } catch {
    throw new SandboxUnavailableError('bubblewrap is not installed', 'apt-get install bubblewrap');
  }
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
  readonly #mechanism: CopyMechanism;
  readonly #prepared = new Map<string, Promise<Prepared>>();
  #made = 0;

  constructor(workshop: Workshop, mechanism: CopyMechanism, version: string) {
    this.#workshop = workshop;
    this.#mechanism = mechanism;
    this.description = `${version}, private copies by ${mechanism}`;
  }

  async make(tree: string): Promise<Sandbox> {
    return this.#open(await this.#prepare(tree));
  }

  async #open(prepared: Prepared): Promise<BashSandbox> {
    const launched = await this.#launch(prepared);
    const places = { tree: TESTBED, repository: REPOSITORY, scratch: SCRATCH };
    const sandbox = new BashSandbox('bubblewrap', launched, places, this.#workshop);
    await sandbox.boot(`ulimit -u ${this.#workshop.limits.processes}`);
    return sandbox;
  }

  #prepare(tree: string): Promise<Prepared> {
    const known = this.#prepared.get(tree);
    if (known !== undefined) return known;
    const folder = join(this.#workshop.folder, `${this.#mechanism}-prepared-${this.#prepared.size}`);
    const prepared = prepareTree(tree, folder, runsAsRoot ? SANDBOX_USER : undefined).then(async (made) => {
      if (this.#mechanism === 'overlay') await this.#refreshIndex(made);
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
    const folder = join(base, `${this.#mechanism}-${this.#made++}`);
    await mkdir(folder);
    const folders = { base, prepared, rollout: folder };
    const command = await isolatedCommand(folders, this.#mechanism, this.#workshop);
    const env = { PATH: process.env.PATH ?? '' };
    const spawned = await spawnWarden(this.#workshop.pipes, command, { cwd: base, env });
    const first = (): number => firstProcess(spawned.root) ?? spawned.root;
    return {
      ...spawned,
      temporary: () => temporaryUse(first()),
      written: async () => (await diskUse(folder)) - (this.#mechanism === 'copy' ? prepared.size : 0),
      end: async () => {
        process.kill(first(), 'SIGKILL');
        await spawned.ended;
        spawned.release();
        await removeFolder(folder);
      },
    };
  }
}

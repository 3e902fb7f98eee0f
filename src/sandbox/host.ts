import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BashSandbox } from './bash-sandbox.ts';
import { diskUse } from './disk.ts';
import { environment } from './environment.ts';
import { SandboxFileError } from './errors.ts';
import { HostPaths } from './host-paths.ts';
import { killWithHome } from './host-processes.ts';
import { type Launched, spawnWarden } from './launched.ts';
import type { Maker, Workshop } from './maker.ts';
import type { PatchPlaces } from './patch.ts';
import { copyTree, type Prepared, prepareTree } from './prepared.ts';
import { removeFolder } from './remove.ts';
import type { CommandOptions, CommandResult, Sandbox } from './sandbox.ts';

/** When this program dies, the warden's input ends, and it takes all of the rollout with it. */
const ENDS_WITH_THIS_PROGRAM = `
hunt() {
  local process variable
  for process in /proc/[0-9]*; do
    [[ $process == /proc/$$ ]] || while IFS= read -r -d '' variable; do
      if [[ $variable == "HOME=$HOME" ]]; then kill -KILL "\${process#/proc/}"; break; fi
    done < "$process/environ"
  done
}
trap hunt EXIT
`;

/** Rollouts on the machine itself, each in a copy of the tree: no protection, for commands that are trusted. */
export class HostMaker implements Maker {
  readonly kind = 'host';
  readonly description = 'without any protection';
  readonly #workshop: Workshop;
  readonly #prepared = new Map<string, Promise<Prepared>>();
  #made = 0;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
  }

  async make(tree: string): Promise<Sandbox> {
    const { folder } = this.#workshop;
    const known = this.#prepared.get(tree);
    const preparing =
      known ?? prepareTree(tree, join(folder, `host-prepared-${this.#prepared.size}`), undefined);
    this.#prepared.set(tree, preparing);
    const prepared = await preparing;
    const home = new HostHome(join(folder, `host-${this.#made++}`));
    await home.furnish(prepared);
    const sandbox = new BashSandbox(
      'host',
      await this.#launch(home, prepared),
      home.places(prepared),
      this.#workshop,
    );
    await sandbox.boot(ENDS_WITH_THIS_PROGRAM);
    return translated(sandbox, new HostPaths(home.tree));
  }

  async #launch(home: HostHome, prepared: Prepared): Promise<Launched> {
    const bash = ['bash', '--noprofile', '--norc', '--noediting', '-i'];
    const env = { ...environment(process.env.PATH ?? '', home.home), TMPDIR: home.temporary };
    const spawned = await spawnWarden(this.#workshop.pipes, bash, { cwd: home.tree, env, detached: true });
    return {
      ...spawned,
      temporary: () => 0,
      written: async () => (await diskUse(home.folder)) - prepared.size,
      end: async () => {
        killWithHome(home.home);
        await spawned.ended;
        spawned.release();
        await removeFolder(home.folder);
      },
    };
  }
}

/** The folders of one rollout on the host. */
class HostHome {
  readonly folder: string;
  readonly tree: string;
  readonly home: string;
  readonly temporary: string;

  constructor(folder: string) {
    this.folder = folder;
    this.tree = join(folder, 'testbed');
    this.home = join(folder, 'home');
    this.temporary = join(folder, 'tmp');
  }

  async furnish(prepared: Prepared): Promise<void> {
    for (const path of [this.folder, this.home, this.temporary]) await mkdir(path);
    await copyTree(prepared.tree, this.tree);
  }

  places(prepared: Prepared): PatchPlaces {
    return {
      tree: this.tree,
      repository: prepared.git,
      scratch: join(this.folder, 'patch'),
    };
  }
}

function translated(sandbox: Sandbox, paths: HostPaths): Sandbox {
  const inHost =
    (method: 'shell' | 'run') =>
    async (command: string, options: CommandOptions): Promise<CommandResult> => {
      const result = await sandbox[method](paths.toHost(command), options);
      const tail = result.tail === undefined ? {} : { tail: paths.fromHost(result.tail) };
      return { ...result, output: paths.fromHost(result.output), ...tail };
    };
  const { files } = sandbox;
  const inHostPaths = async <T>(access: () => Promise<T>): Promise<T> => {
    try {
      return await access();
    } catch (error) {
      if (!(error instanceof SandboxFileError)) throw error;
      throw new SandboxFileError(paths.fromHost(error.message));
    }
  };
  return {
    kind: sandbox.kind,
    shell: inHost('shell'),
    run: inHost('run'),
    files: {
      kind: (path) => files.kind(paths.toHost(path)),
      read: (path) => inHostPaths(() => files.read(paths.toHost(path))),
      write: (path, content) => inHostPaths(() => files.write(paths.toHost(path), content)),
      list: async (path, depth) => {
        const entries = await inHostPaths(() => files.list(paths.toHost(path), depth));
        return entries.map((entry) => paths.fromHost(entry));
      },
    },
    patch: () => sandbox.patch(),
    close: () => sandbox.close(),
  };
}

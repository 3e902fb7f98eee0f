import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BashSandbox } from './bash-sandbox.ts';
import { copyRepository, type ImageSource, type PreparedImage, prepareImage } from './container-image.ts';
import { confinement, ulimits } from './container-limits.ts';
import { ATTACH, type ContainerPipes, openContainerPipes } from './container-pipes.ts';
import { type Engine, findEngines } from './engine.ts';
import { environment } from './environment.ts';
import { SandboxError, SandboxUnavailableError } from './errors.ts';
import type { Launched } from './launched.ts';
import type { Maker, Workshop } from './maker.ts';
import { INSIDE } from './patch.ts';
import { removeFolder } from './remove.ts';
import { type Sandbox, TESTBED } from './sandbox.ts';

const PIPES = '/run/sera/io';

/** Where SWE-bench's and SWE-smith's images keep the environment that the repository runs in. */
const ENVIRONMENTS = ['/opt/miniconda3/envs/testbed/bin', '/opt/conda/envs/testbed/bin'];

const BOOT = `
for folder in ${ENVIRONMENTS.join(' ')}; do [ -d "$folder" ] && PATH=$folder:$PATH; done
export PATH; cd ${PIPES} && ${ATTACH}`;

/**
 * Finds an engine that works with the image.
 *
 * @throws SandboxUnavailableError there is no engine, or no image, or a container cannot be started
 */
export async function containerMaker(workshop: Workshop): Promise<Maker> {
  const engines = await findEngines();
  const source = workshop.image;
  if (source === undefined) {
    throw new SandboxUnavailableError(
      'no container image was given',
      'give one, for example --image python:3.13',
    );
  }
  const reasons: string[] = [];
  for (const engine of engines) {
    try {
      const held = confinement(workshop.limits, workshop.network);
      await engine.run(['run', '--rm', ...held, '--entrypoint', 'bash', source.image, '-c', 'true']);
      return new ContainerMaker(workshop, engine, source);
    } catch (error) {
      if (!(error instanceof SandboxError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new SandboxUnavailableError(`no container of ${source.image} can be started: ${reasons.join('; ')}`);
}

class ContainerMaker implements Maker {
  readonly kind = 'container';
  readonly description: string;
  readonly #workshop: Workshop;
  readonly #engine: Engine;
  readonly #source: ImageSource;
  readonly #prepared = new Map<string, Promise<PreparedImage>>();
  #copied: Promise<void> | undefined;
  #made = 0;

  constructor(workshop: Workshop, engine: Engine, source: ImageSource) {
    this.#workshop = workshop;
    this.#engine = engine;
    this.#source = source;
    this.description = `${engine.name} ${engine.version.text}, image ${source.image}`;
  }

  async make(tree: string): Promise<Sandbox> {
    return this.#open(await this.#prepare(tree));
  }

  async repository(): Promise<string> {
    if (!this.#source.holdsRepository)
      throw new SandboxError(`the image ${this.#source.image} holds no repository`);
    const folder = join(this.#workshop.folder, 'repository');
    this.#copied ??= this.#prepare('').then((image) => copyRepository(this.#engine, image, folder));
    await this.#copied;
    return folder;
  }

  #prepare(tree: string): Promise<PreparedImage> {
    const key = this.#source.holdsRepository ? '' : tree;
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const folder = join(this.#workshop.folder, `image-${this.#prepared.size}`);
    const prepared = prepareImage(this.#engine, this.#source, tree, {
      folder,
      ulimits: ulimits(this.#workshop.limits),
    }).then((made) => this.#refreshIndex(made));
    this.#prepared.set(key, prepared);
    prepared.catch(() => this.#prepared.delete(key));
    return prepared;
  }

  async #refreshIndex(image: PreparedImage): Promise<PreparedImage> {
    const sandbox = await this.#open(image);
    try {
      const index = await sandbox.refreshedIndex();
      if (index !== undefined) await writeFile(join(image.git, 'index'), index);
      return image;
    } finally {
      await sandbox.close();
    }
  }

  async #open(image: PreparedImage): Promise<BashSandbox> {
    const { attached, ...launched } = await this.#launch(image);
    const sandbox = new BashSandbox('container', launched, INSIDE, this.#workshop);
    await sandbox.boot('');
    attached();
    return sandbox;
  }

  async #launch(image: PreparedImage): Promise<Launched & Pick<ContainerPipes, 'attached'>> {
    const folder = join(this.#workshop.folder, `container-${this.#made++}`);
    await mkdir(folder);
    const pipes = await openContainerPipes(folder);
    const name = `sera-${basename(this.#workshop.folder)}-${this.#made}`;
    const remove = async (): Promise<void> => {
      await this.#engine.succeeds(['rm', '--force', name]);
      pipes.release();
      await removeFolder(folder);
    };
    try {
      await this.#engine.run(['run', '--detach', '--rm', '--name', name, ...this.#words(image, folder)]);
    } catch (error) {
      await remove();
      throw error;
    }
    const root = Number(await this.#engine.run(['inspect', '--format', '{{.State.Pid}}', name]));
    const sized = ['container', 'inspect', '--size', '--format', '{{.SizeRw}}', name];
    return {
      ...pipes,
      root,
      ended: pipes.ended.then(() => 'its first process has ended'),
      temporary: () => 0,
      written: async () => Number(await this.#engine.run(sized)),
      end: remove,
    };
  }

  #words(image: PreparedImage, folder: string): string[] {
    const { PATH: _, ...variables } = environment('', '/root');
    return [
      ...confinement(this.#workshop.limits, this.#workshop.network),
      ...Object.entries({ ...variables, USER: 'root', LOGNAME: 'root' }).flatMap(([key, value]) => [
        '--env',
        `${key}=${value}`,
      ]),
      ...['--mount', `type=bind,source=${folder},target=${PIPES}`],
      ...['--mount', `type=bind,source=${image.git},target=${INSIDE.repository},readonly`],
      ...this.#workshop.readOnly.flatMap((path) => [
        '--mount',
        `type=bind,source=${path},target=${path},readonly`,
      ]),
      ...['--workdir', TESTBED, '--entrypoint', 'bash', image.name, '-c', BOOT],
    ];
  }
}

import { mkdir, mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bubblewrapMaker } from './bubblewrap-maker.ts';
import { SandboxUnavailableError } from './errors.ts';
import { HostMaker } from './host.ts';
import type { Maker, Workshop } from './maker.ts';
import { Pipes } from './pipes.ts';
import { removeFolder } from './private-copy.ts';
import type { Sandbox, SandboxKind, SandboxLimits, SandboxProvider } from './sandbox.ts';

export const DEFAULT_LIMITS: SandboxLimits = {
  memory: 4 * 2 ** 30,
  disk: 2 * 2 ** 30,
  processes: 512,
  openFiles: 4096,
  output: 100_000,
};

export interface SandboxOptions {
  /** `auto` takes the first that works of bubblewrap, container and, where it is allowed, host. */
  readonly kind: 'auto' | SandboxKind;
  readonly limits: SandboxLimits;
  readonly network: boolean;
  /** Folder for private copies and prepared trees; is made where it is missing. */
  readonly work: string;
  /** Whether `auto` may fall back to `host`, which protects nothing. */
  readonly allowHost: boolean;
  /** Folders of the machine that sandboxes may read, for tools that stand outside `/usr`. */
  readonly readOnly?: readonly string[];
}

const MAKERS: Readonly<Record<SandboxKind, (workshop: Workshop) => Promise<Maker>>> = {
  bubblewrap: bubblewrapMaker,
  container: () =>
    Promise.reject(new SandboxUnavailableError('no container engine: install Podman or Docker')),
  host: (workshop) => Promise.resolve(new HostMaker(workshop)),
};

/**
 * Opens sandboxes of the kind asked for, after one of them was really tried.
 *
 * @throws SandboxUnavailableError the kind, or with `auto` every kind, does not work here
 */
export async function openSandboxes(options: SandboxOptions): Promise<SandboxProvider> {
  const work = resolve(options.work);
  await mkdir(work, { recursive: true });
  const folder = await mkdtemp(join(work, `${process.pid}-`));
  const { limits, network, readOnly = [] } = options;
  const workshop = { folder, pipes: new Pipes(folder), limits, network, readOnly };
  try {
    const { maker, passedOver } = await choose(options, workshop);
    return provider(maker, passedOver, folder);
  } catch (error) {
    await removeFolder(folder);
    throw error;
  }
}

interface Choice {
  readonly maker: Maker;
  readonly passedOver: { readonly kind: SandboxKind; readonly reason: string }[];
}

async function choose({ kind, allowHost }: SandboxOptions, workshop: Workshop): Promise<Choice> {
  const automatic: SandboxKind[] = ['bubblewrap', 'container', ...(allowHost ? (['host'] as const) : [])];
  const passedOver: Choice['passedOver'] = [];
  for (const candidate of kind === 'auto' ? automatic : [kind]) {
    try {
      return { maker: await MAKERS[candidate](workshop), passedOver };
    } catch (error) {
      if (!(error instanceof SandboxUnavailableError)) throw error;
      passedOver.push({ kind: candidate, reason: error.message });
    }
  }
  throw new SandboxUnavailableError(passedOver.map(({ reason }) => reason).join('; '));
}

function provider(maker: Maker, passedOver: Choice['passedOver'], folder: string): SandboxProvider {
  const open = new Set<Sandbox>();
  return {
    kind: maker.kind,
    description: maker.description,
    passedOver,
    open: async (tree, signal) => {
      signal?.throwIfAborted();
      const sandbox = await maker.make(resolve(tree));
      open.add(sandbox);
      return sandbox;
    },
    close: async () => {
      await Promise.all([...open].map((sandbox) => sandbox.close()));
      await removeFolder(folder);
    },
  };
}

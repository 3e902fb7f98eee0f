import { resolve } from 'node:path';
import { bubblewrapMaker } from './bubblewrap-maker.ts';
import { SandboxUnavailableError } from './errors.ts';
import { HostMaker } from './host.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Maker, Workshop } from './maker.ts';
import type { Sandbox, SandboxKind, SandboxLimits, SandboxProvider } from './sandbox.ts';
import { openWorkshop } from './workshop.ts';

export interface SandboxOptions {
  /** `auto` takes the first that works of bubblewrap, container and, where it is allowed, host. */
  readonly kind: 'auto' | SandboxKind;
  /** What is not named here has its default. */
  readonly limits?: Partial<SandboxLimits>;
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
    Promise.reject(new SandboxUnavailableError('no container engine', 'install Podman or Docker')),
  host: (workshop) => Promise.resolve(new HostMaker(workshop)),
};

/**
 * Opens sandboxes of the kind asked for, after one of them was really tried.
 *
 * @throws SandboxUnavailableError the kind, or with `auto` every kind, does not work here
 */
export async function openSandboxes(options: SandboxOptions): Promise<SandboxProvider> {
  const { network, readOnly = [] } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const workshop = await openWorkshop(resolve(options.work), { limits, network, readOnly });
  try {
    const { maker, passedOver } = await choose(options, workshop);
    return provider(maker, passedOver, workshop);
  } catch (error) {
    await workshop.close();
    throw error;
  }
}

type PassedOver = SandboxProvider['passedOver'];

async function choose(
  { kind, allowHost }: SandboxOptions,
  workshop: Workshop,
): Promise<{ readonly maker: Maker; readonly passedOver: PassedOver }> {
  const automatic: SandboxKind[] = ['bubblewrap', 'container', ...(allowHost ? (['host'] as const) : [])];
  const failures: SandboxUnavailableError[] = [];
  const passedOver: { readonly kind: SandboxKind; readonly reason: string }[] = [];
  for (const candidate of kind === 'auto' ? automatic : [kind]) {
    try {
      return { maker: await MAKERS[candidate](workshop), passedOver };
    } catch (error) {
      if (!(error instanceof SandboxUnavailableError)) throw error;
      failures.push(error);
      passedOver.push({ kind: candidate, reason: error.reason });
    }
  }
  const [only, ...others] = failures;
  if (only !== undefined && others.length === 0) throw only;
  throw new SandboxUnavailableError(failures.map(({ message }) => message).join('. '));
}

function provider(maker: Maker, passedOver: PassedOver, workshop: Workshop): SandboxProvider {
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
      await workshop.close();
    },
  };
}

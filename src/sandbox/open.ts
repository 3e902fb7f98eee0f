import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../error.ts';
import { bubblewrapMaker } from './bubblewrap-maker.ts';
import { containerMaker } from './container.ts';
import type { ImageSource } from './container-image.ts';
import { SandboxUnavailableError } from './errors.ts';
import { HostMaker } from './host.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Maker, Workshop } from './maker.ts';
import type { SandboxKind, SandboxLimits, SandboxProvider } from './sandbox.ts';
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
  /** Folders of the machine that sandboxes may read, for tools outside `/usr`; what of PATH is in them stays in it. */
  readonly readOnly?: readonly string[];
  /** Container image; with it, `auto` means `container`. It needs bash and git. */
  readonly image?: string;
  /** Bash that prepares the image in the repository's root, with network; the result is kept for later runs. */
  readonly setup?: string;
  /** Whether the image holds the repository at `/testbed` already, so that no tree is put into it. */
  readonly imageRepository?: boolean;
}

const MAKERS: Readonly<Record<SandboxKind, (workshop: Workshop) => Promise<Maker>>> = {
  bubblewrap: (workshop) => bubblewrapMaker(workshop),
  container: containerMaker,
  host: (workshop) => Promise.resolve(new HostMaker(workshop)),
};

/**
 * Opens sandboxes of the kind asked for, after one of them was really tried.
 *
 * @throws SandboxUnavailableError the kind, or with `auto` every kind, does not work here
 * @throws UsageError a folder to be shown is none
 */
export async function openSandboxes(options: SandboxOptions): Promise<SandboxProvider> {
  const { network } = options;
  const readOnly = (options.readOnly ?? []).map(existingFolder);
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const image = imageSource(options);
  const workshop = await openWorkshop(resolve(options.work), { limits, network, readOnly, image });
  try {
    const { maker, passedOver } = await choose(options, workshop);
    return provider(maker, passedOver, workshop);
  } catch (error) {
    await workshop.close();
    throw error;
  }
}

function existingFolder(path: string): string {
  const folder = resolve(path);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new UsageError(`${path} cannot be shown to sandboxes: it is no folder`);
}

function imageSource({ kind, image, setup, imageRepository }: SandboxOptions): ImageSource | undefined {
  if (image === undefined && setup === undefined && imageRepository !== true) return undefined;
  if (kind === 'bubblewrap' || kind === 'host') {
    throw new SandboxUnavailableError(
      `a ${kind} sandbox has no image and no setup`,
      'use --sandbox container',
    );
  }
  if (image === undefined)
    throw new SandboxUnavailableError('a setup needs an image', 'give one with --image');
  return { image, ...(setup !== undefined && { setup }), holdsRepository: imageRepository === true };
}

type PassedOver = SandboxProvider['passedOver'];

async function choose(
  { kind, allowHost, image }: SandboxOptions,
  workshop: Workshop,
): Promise<{ readonly maker: Maker; readonly passedOver: PassedOver }> {
  const automatic: SandboxKind[] = ['bubblewrap', 'container', ...(allowHost ? (['host'] as const) : [])];
  const asked = image === undefined ? automatic : (['container'] as const);
  const failures: SandboxUnavailableError[] = [];
  const passedOver: { readonly kind: SandboxKind; readonly reason: string }[] = [];
  for (const candidate of kind === 'auto' ? asked : [kind]) {
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
  const repository = workshop.image?.holdsRepository ? maker.repository?.bind(maker) : undefined;
  return {
    kind: maker.kind,
    description: maker.description,
    passedOver,
    open: async (tree, signal) => {
      signal?.throwIfAborted();
      return maker.make(resolve(tree));
    },
    ...(repository && { repository }),
    close: () => workshop.close(),
  };
}

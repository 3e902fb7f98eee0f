import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageSource } from './container-image.ts';
import { SandboxError } from './errors.ts';
import type { Pipes } from './pipes.ts';
import type { Sandbox, SandboxKind, SandboxLimits } from './sandbox.ts';
import type { Watch } from './watch.ts';

/** What every kind needs to make sandboxes. */
export interface Workshop {
  /** This program's own folder for private copies and prepared trees. */
  readonly folder: string;
  readonly pipes: Pipes;
  readonly watch: Watch;
  readonly limits: SandboxLimits;
  readonly network: boolean;
  readonly readOnly: readonly string[];
  /** Only for the `container` kind. */
  readonly image: ImageSource | undefined;
  close(): Promise<void>;
}

/** Makes sandboxes of one kind. */
export interface Maker {
  readonly kind: SandboxKind;
  readonly description: string;
  make(tree: string): Promise<Sandbox>;
  /** Folder with the repository that an image holds. */
  repository?(): Promise<string>;
}

/**
 * Makes one sandbox of an all but empty tree and works in it, since only that shows whether a kind works here.
 *
 * @throws SandboxError what failed
 */
export async function probe(maker: Maker, workshop: Workshop, name: string): Promise<void> {
  const tree = join(workshop.folder, `probe-${name}`);
  await mkdir(join(tree, '.git'), { recursive: true });
  const sandbox = await maker.make(tree);
  try {
    const { output, exitCode } = await sandbox.run('echo works > probe && cat probe', { timeout: 20 });
    if (exitCode !== 0 || output !== 'works') throw new SandboxError(`a command in it failed: ${output}`);
  } finally {
    await sandbox.close();
  }
}

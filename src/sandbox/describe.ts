import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEngines } from './engine.ts';
import { SandboxUnavailableError } from './errors.ts';
import { openSandboxes } from './open.ts';
import { removeFolder } from './remove.ts';
import type { SandboxKind } from './sandbox.ts';

/** Whether one kind of sandbox works on this machine; `sera doctor` shows it. */
export interface SandboxReport {
  readonly kind: SandboxKind;
  readonly works: boolean;
  /** The program's version, and how it makes private copies; only where it works. */
  readonly version?: string;
  /** Why it does not work. */
  readonly reason?: string;
  /** What to install or to allow. */
  readonly install?: string;
}

/** Tries every kind by really running one; of containers only whether an engine answers. */
export async function describeSandboxes(): Promise<SandboxReport[]> {
  const work = await mkdtemp(join(tmpdir(), 'sera-doctor-'));
  try {
    return await Promise.all(
      (['bubblewrap', 'container', 'host'] as const).map((kind) => report(kind, work)),
    );
  } finally {
    await removeFolder(work);
  }
}

async function report(kind: SandboxKind, work: string): Promise<SandboxReport> {
  try {
    if (kind === 'container') return { kind, works: true, version: await engineVersion() };
    const provider = await openSandboxes({ kind, network: false, work, allowHost: true });
    await provider.close();
    return { kind, works: true, version: provider.description };
  } catch (error) {
    if (!(error instanceof SandboxUnavailableError)) throw error;
    const { reason, install } = error;
    return { kind, works: false, reason, ...(install !== undefined && { install }) };
  }
}

/** Which image will be asked for is not known here; that the engine answers is all that can be told. */
async function engineVersion(): Promise<string> {
  const [engine] = await findEngines();
  return `${engine?.name} ${engine?.version.text}, with an image that you give`;
}

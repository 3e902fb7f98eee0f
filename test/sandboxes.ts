import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import {
  describeSandboxes,
  openSandboxes,
  type Sandbox,
  type SandboxKind,
  type SandboxOptions,
  type SandboxProvider,
} from '../src/sandbox/index.ts';

/** Which kinds work on this machine, and for the others the reason, to be put into the name of what is skipped. */
export async function sandboxKinds(): Promise<Record<SandboxKind, string | undefined>> {
  const reports = await describeSandboxes();
  const reasons = reports.map(({ kind, works, reason }) => [kind, works ? undefined : (reason ?? 'unknown')]);
  return Object.fromEntries(reasons);
}

/** Why nothing that a model writes can be run on this machine; undefined where it can. */
export async function whyNoSandbox(): Promise<string | undefined> {
  const { bubblewrap, container } = await sandboxKinds();
  return bubblewrap && container && `${bubblewrap}, ${container}`;
}

/** A folder with these files and a `.git` of one commit, as a repository room makes it. */
export function makeTree(files: Readonly<Record<string, string | Buffer>>): string {
  const tree = mkdtempSync(join(tmpdir(), 'sera-tree-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }
  const git = (...args: string[]): void => {
    const identity = ['-c', 'user.name=base', '-c', 'user.email=base@localhost'];
    execFileSync('git', ['-C', tree, ...identity, ...args], { stdio: 'ignore' });
  };
  git('init', '--initial-branch=main');
  git('add', '--all', '--force');
  git('commit', '--allow-empty', '--message=base');
  return tree;
}

/** Opens a provider and its sandboxes for the tests of one `describe`, and closes and removes all at its end. */
export function sandboxesFor(
  kind: SandboxKind,
  files: Readonly<Record<string, string | Buffer>>,
  options: Partial<SandboxOptions> = {},
): { open(): Promise<Sandbox>; readonly work: string; readonly tree: string } {
  const work = mkdtempSync(join(tmpdir(), 'sera-sandboxes-'));
  const tree = makeTree(files);
  let provider: SandboxProvider;
  beforeAll(async () => {
    provider = await openSandboxes({ kind, network: false, allowHost: true, work, ...options });
  });
  afterAll(async () => {
    await provider.close();
    for (const folder of [work, tree]) rmSync(folder, { recursive: true });
  });
  return { open: () => provider.open(tree), work, tree };
}

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_LIMITS, openSandboxes, type Sandbox } from '../../src/sandbox/index.ts';

const run = promisify(execFile);

/** Real sandboxes of the first kind that works here, all over one small repository. */
export interface TestSandboxes {
  open(): Promise<Sandbox>;
  close(): Promise<void>;
}

export async function openTestSandboxes(): Promise<TestSandboxes> {
  const folder = await mkdtemp(join(tmpdir(), 'sera-agent-'));
  const tree = await makeTree(join(folder, 'tree'));
  const provider = await openSandboxes({
    kind: 'auto',
    limits: DEFAULT_LIMITS,
    network: false,
    work: join(folder, 'work'),
    allowHost: true,
  });
  return {
    open: () => provider.open(tree),
    close: async () => {
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeTree(tree: string): Promise<string> {
  await mkdir(tree);
  await writeFile(join(tree, 'README.md'), 'A repository.\n');
  const git = (...args: string[]) =>
    run('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'start');
  return tree;
}

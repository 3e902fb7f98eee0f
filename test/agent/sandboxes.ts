import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_LIMITS, openSandboxes, type Sandbox } from '../../src/sandbox/index.ts';

const run = promisify(execFile);

/** Real sandboxes of the first kind that works here, each over a small repository of its own. */
export interface TestSandboxes {
  open(files?: Readonly<Record<string, string | Buffer>>): Promise<Sandbox>;
  close(): Promise<void>;
}

export async function openTestSandboxes(): Promise<TestSandboxes> {
  const folder = await mkdtemp(join(tmpdir(), 'sera-agent-'));
  const provider = await openSandboxes({
    kind: 'auto',
    limits: DEFAULT_LIMITS,
    network: false,
    work: join(folder, 'work'),
    allowHost: true,
  });
  let trees = 0;
  return {
    open: async (files = { 'README.md': 'A repository.\n' }) => {
      trees += 1;
      return provider.open(await makeTree(join(folder, `tree-${trees}`), files));
    },
    close: async () => {
      await provider.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function makeTree(tree: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  }
  const git = (...args: string[]) => run('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'start', '--allow-empty');
  return tree;
}

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preparedImages, removeImages, testImage } from '../../test/container-image.ts';
import { SandboxClient } from '../../test/sandbox-client.ts';
import { makeTree } from '../../test/sandboxes.ts';
import { SandboxUnavailableError } from './errors.ts';
import { openSandboxes } from './open.ts';
import type { CommandResult, Sandbox, SandboxProvider } from './sandbox.ts';

const LIMITS = { memory: 256 << 20, disk: 64 << 20, processes: 100 };
const work = mkdtempSync(join(tmpdir(), 'sera-container-'));
const prepared = testImage();
const missing = 'missing' in prepared ? prepared.missing : await cannotRun(prepared.image);
const image = 'image' in prepared ? prepared.image : '';

const before = preparedImages();

afterAll(() => {
  removeImages(preparedImages().filter((name) => !before.includes(name)));
  rmSync(work, { recursive: true });
});

describe.skipIf(missing)(`a container${missing ? ` (${missing})` : ''}`, () => {
  // The setup changes a file that is tracked, makes one that is not, and is told apart from those of other runs.
  const setup = `echo made > made.txt; echo set-up >> a.py; mkdir -p /opt/tool; echo ${process.pid} > /opt/tool/x`;
  let tree: string;
  let provider: SandboxProvider;
  let sandbox: Sandbox;
  const run = (command: string, timeout = 20): Promise<CommandResult> => sandbox.run(command, { timeout });

  beforeAll(async () => {
    tree = makeTree({ 'a.py': 'one\n', 'src/b.py': 'two\n', '.gitignore': '*.log\n' });
    provider = await openSandboxes({
      kind: 'auto',
      image,
      setup,
      network: false,
      work,
      allowHost: false,
      limits: LIMITS,
    });
    sandbox = await provider.open(tree);
  }, 120_000);
  afterAll(async () => {
    await provider.close();
    rmSync(tree, { recursive: true });
  });

  it('is what an image means, and names the engine', () => {
    expect(provider.kind).toBe('container');
    expect(provider.description).toMatch(/^(podman|docker) \d+\.\d+.*, image localhost\/sera-test/);
  });

  it('has the tree and what the setup made at the root of every command', async () => {
    expect((await run('pwd; cat a.py src/b.py made.txt /opt/tool/x')).output).toBe(
      `/testbed\none\nset-up\ntwo\nmade\n${process.pid}`,
    );
    expect((await run('git log --oneline | wc -l; git status --short')).output).toBe('1');
  });

  it('keeps a shell, interrupts it, and starts it again', async () => {
    const shell = async (command: string, timeout = 20) => sandbox.shell(command, { timeout });
    await shell('cd src; x=5');
    expect((await shell('pwd; echo $x')).output).toBe('/testbed/src\n5');
    expect(await shell('while :; do :; done', 0.3)).toMatchObject({ timedOut: true, exitCode: null });
    expect(await shell('sleep 1000', 0.3)).toMatchObject({ timedOut: true, exitCode: null });
    expect((await shell('echo $x')).output).toBe('5');
    expect((await shell('exit 4')).exitCode).toBe(4);
    expect((await shell('pwd')).output).toBe('/testbed');
  });

  it('takes the patch of what came after the setup alone', async () => {
    await sandbox.files.write('/testbed/src/new.py', Buffer.from('a\0b'));
    await run('echo changed >> a.py; echo x > x.log; git config core.fsmonitor "touch /tmp/ran"');
    const patch = await sandbox.patch();
    expect(patch).toContain(' set-up\n+changed\n');
    expect(patch).toContain('Binary files /dev/null and b/src/new.py differ');
    expect(patch).not.toContain('made.txt');
    expect((await run('ls /tmp/ran')).exitCode).not.toBe(0);
    expect((await sandbox.files.read('/testbed/src/new.py')).toString()).toBe('a\0b');
  });

  it('has no network, no home, few rights, and limits', async () => {
    expect((await run('exec 3<>/dev/tcp/127.0.0.1/22')).exitCode).not.toBe(0);
    expect((await run('cat /proc/net/dev | grep -c :')).output).toBe('1');
    expect((await run('env | grep -c SERA_; ls -A /home 2>/dev/null')).output).toBe('0');
    const status = (await run('grep -E "CapEff|NoNewPrivs" /proc/self/status; ls -A /run/sera/io')).output;
    expect(status).toBe('NoNewPrivs:\t1\nCapEff:\t000000000000001b'.split('\n').reverse().join('\n'));
    expect((await run('echo x > /run/sera/git/HEAD')).output).toContain('Read-only');
    await run(':(){ :|:& };: ; sleep 3', 5);
    await expect.poll(() => run('ls a.py', 10), { timeout: 30_000 }).toMatchObject({ output: 'a.py' });
    expect((await run('x=$(head -c 900000000 /dev/zero | tr "\\0" x); echo $?')).output).not.toBe('0');
    expect((await run('echo alive')).output).toBe('alive');
  }, 60_000);

  it('is private, and its processes end with it', async () => {
    const other = await provider.open(tree);
    await other.run('echo mine > mine.txt; (sleep 16180.3 &); rm a.py', { timeout: 10 });
    expect((await run('ls mine.txt; tail -1 a.py')).output).toContain('changed');
    expect(running('16180.3')).toBe(1);
    await other.close();
    expect(running('16180.3')).toBe(0);
  });

  it('ends when the program that opened it is killed', async () => {
    chmodSync(work, 0o777);
    const user = process.getuid?.() === 0 ? 'root' : 'ordinary user';
    // An engine without root keeps its images in the home folder.
    const { HOME = work, XDG_RUNTIME_DIR = '' } = process.env;
    const options = { kind: 'container', image, setup } as const;
    const client = await SandboxClient.open(user, work, tree, options, { HOME, XDG_RUNTIME_DIR });
    const loop = client.run('sleep 16180.4').catch(() => undefined);
    await expect.poll(() => running('16180.4')).toBe(1);
    client.program.kill('SIGKILL');
    await loop;
    await expect.poll(() => running('16180.4'), { timeout: 15_000 }).toBe(0);
  }, 60_000);

  it('is made from the image that was kept, without its setup', async () => {
    const again = await openSandboxes({
      kind: 'container',
      image,
      setup,
      network: false,
      work,
      allowHost: false,
    });
    const before = preparedImages().length;
    const other = await again.open(tree);
    expect((await other.run('cat made.txt', { timeout: 10 })).output).toBe('made');
    expect(preparedImages()).toHaveLength(before);
    await again.close();
  }, 60_000);

  it('says what a setup failed with', async () => {
    const failing = await openSandboxes({
      kind: 'container',
      image,
      setup: 'echo begun\nls /no-such-folder\necho never',
      network: false,
      work,
      allowHost: false,
    });
    await expect(failing.open(tree)).rejects.toThrow(/the setup failed in .*no-such-folder/);
    await failing.close();
  }, 60_000);

  it('is of an image that holds the repository, at one commit', async () => {
    const held = heldRepository(image);
    const options = { kind: 'container', image: held, imageRepository: true, network: false, work } as const;
    const own = await openSandboxes({ ...options, allowHost: false });
    const folder = (await own.repository?.()) ?? '';
    expect(readFileSync(join(folder, 'held.py'), 'utf8')).toBe('held\n');
    expect(existsSync(join(folder, '.git', 'HEAD'))).toBe(true);
    const inside = await own.open(folder);
    expect((await inside.run('git log --oneline | wc -l; cat held.py', { timeout: 10 })).output).toBe(
      '1\nheld',
    );
    await inside.run('echo more >> held.py', { timeout: 10 });
    expect(await inside.patch()).toContain(' held\n+more\n');
    await own.close();
  }, 60_000);
});

it('an image cannot be had by a kind that has none', async () => {
  const options = { image: 'x', network: false, work, allowHost: true } as const;
  await expect(openSandboxes({ ...options, kind: 'bubblewrap' })).rejects.toThrow(SandboxUnavailableError);
  await expect(openSandboxes({ ...options, kind: 'host' })).rejects.toThrow('use --sandbox container');
});

async function cannotRun(name: string): Promise<string | undefined> {
  try {
    await (
      await openSandboxes({ kind: 'container', image: name, network: false, work, allowHost: false })
    ).close();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** An image with a repository of two commits at `/testbed`. */
function heldRepository(base: string): string {
  const engine = existsSync('/usr/bin/podman') ? 'podman' : 'docker';
  const tree = makeTree({ 'held.py': 'held\n' });
  const git = (...words: string[]): void => {
    execFileSync('git', ['-C', tree, '-c', 'user.name=a', '-c', 'user.email=a@localhost', ...words]);
  };
  git('commit', '--quiet', '--allow-empty', '--message=future');
  const words = ['create', '--ulimit', 'nofile=1000:1000', '--ulimit', 'nproc=100:100', base, 'true'];
  const container = execFileSync(engine, words, { encoding: 'utf8' }).trim();
  execFileSync(engine, ['cp', `${tree}/.`, `${container}:/testbed`]);
  execFileSync(engine, ['commit', '--quiet', container, 'localhost/sera-test:held']);
  execFileSync(engine, ['rm', container]);
  rmSync(tree, { recursive: true });
  return 'localhost/sera-test:held';
}

function running(word: string): number {
  const listed = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return listed.filter((line) => line.startsWith('sleep') && line.includes(word)).length;
}

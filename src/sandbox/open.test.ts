import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTree, sandboxKinds } from '../../test/sandboxes.ts';
import { UsageError } from '../error.ts';
import { describeSandboxes } from './describe.ts';
import { SandboxError, SandboxUnavailableError } from './errors.ts';
import { findProgram } from './find-program.ts';
import { openSandboxes } from './open.ts';
import { Version } from './version.ts';

const kinds = await sandboxKinds();
const NEEDED = [
  'mkfifo',
  'rm',
  'cp',
  'du',
  'unshare',
  'bash',
  'chmod',
  'cat',
  'git',
  'sh',
  'chown',
  'mount',
  'install',
  'setpriv',
];

let work: string;
let programs: string;
const options = { network: false, allowHost: false } as const;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'sera-open-'));
  programs = mkdtempSync(join(tmpdir(), 'sera-programs-'));
  chmodSync(programs, 0o755);
  for (const name of NEEDED) symlinkSync(findProgram(name) ?? name, join(programs, name));
});
afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of [work, programs]) rmSync(folder, { recursive: true });
});

describe('on a machine without bubblewrap and container engine', () => {
  beforeEach(() => vi.stubEnv('PATH', programs));

  it('each kind says what to install', async () => {
    const bubblewrap = openSandboxes({ ...options, kind: 'bubblewrap', work });
    await expect(bubblewrap).rejects.toThrow('bubblewrap is not installed; apt-get install bubblewrap');
    const container = openSandboxes({ ...options, kind: 'container', image: 'x', work });
    await expect(container).rejects.toThrow('no container engine is installed; apt-get install podman');
    const reports = await describeSandboxes();
    expect(reports.map(({ kind, works, install }) => [kind, works, install])).toEqual([
      ['bubblewrap', false, 'apt-get install bubblewrap'],
      ['container', false, 'apt-get install podman'],
      ['host', true, undefined],
    ]);
  });

  it('auto stops with all reasons, and never takes the host by itself', async () => {
    const opening = openSandboxes({ ...options, kind: 'auto', work });
    await expect(opening).rejects.toThrow(SandboxUnavailableError);
    await expect(opening).rejects.toThrow(/bubblewrap is not installed.*no container engine is installed/);
    expect(readdirSync(work)).toEqual([]);
  });

  it('auto takes the host where it is allowed, and says what it passed over', async () => {
    const provider = await openSandboxes({ ...options, kind: 'auto', work, allowHost: true });
    expect(provider.kind).toBe('host');
    expect(provider.passedOver.map(({ kind }) => kind)).toEqual(['bubblewrap', 'container']);
    await provider.close();
  });

  it('a bubblewrap that does not work is passed over with what it says', async () => {
    const broken =
      '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit\necho "no permission" >&2; exit 1\n';
    writeFileSync(join(programs, 'bwrap'), broken, { mode: 0o755 });
    const opening = openSandboxes({ ...options, kind: 'bubblewrap', work });
    await expect(opening).rejects.toThrow(/^bubblewrap 0\.9\.0 does not work here: .*no permission/);
  });
});

describe.skipIf(kinds.bubblewrap)(
  `with bubblewrap${kinds.bubblewrap ? ` (${kinds.bubblewrap})` : ''}`,
  () => {
    it('auto takes it, and says how', async () => {
      const provider = await openSandboxes({ ...options, kind: 'auto', work, allowHost: true });
      expect(provider).toMatchObject({ kind: 'bubblewrap', passedOver: [] });
      expect(provider.description).toMatch(/^\d+\.\d+.*, private trees by /);
      await provider.close();
      expect(readdirSync(work)).toEqual([]);
    });

    it('a network, and folders of the machine, are there where they are asked for', async () => {
      const tree = makeTree({ 'a.py': 'one\n' });
      const folder = mkdtempSync(join(tmpdir(), 'sera-tools-'));
      mkdirSync(join(folder, 'tools', 'bin'), { recursive: true });
      writeFileSync(join(folder, 'tools', 'bin', 'sera-tool'), '#!/bin/sh\necho tool\n', { mode: 0o755 });
      vi.stubEnv('PATH', `${join(folder, 'tools', 'bin')}:${process.env.PATH}`);
      const asked = { kind: 'bubblewrap', work, network: true, readOnly: [join(folder, 'tools')] } as const;
      const provider = await openSandboxes({ ...options, ...asked });
      const sandbox = await provider.open(tree);
      const output = async (command: string) => (await sandbox.run(command, { timeout: 10 })).output;
      expect(Number(await output('grep -c : /proc/net/dev'))).toBeGreaterThan(0);
      expect(await output(`sera-tool; touch ${folder}/tools/x; ls ${folder}`)).toMatch(
        /^tool\n.*Read-only.*\ntools$/,
      );
      await provider.close();
      const missing = openSandboxes({ ...options, ...asked, readOnly: [join(folder, 'none')] });
      await expect(missing).rejects.toThrow(UsageError);
      for (const path of [tree, folder]) rmSync(path, { recursive: true });
    });

    it('a tree is shared by many sandboxes and changed by none', async () => {
      const tree = makeTree({ 'a.py': 'one\n' });
      const provider = await openSandboxes({ ...options, kind: 'bubblewrap', work });
      const sandboxes = await Promise.all([1, 2, 3, 4].map(() => provider.open(tree)));
      await Promise.all(
        sandboxes.map((sandbox, n) => sandbox.run(`echo ${n} > a.py; rm -rf .git`, { timeout: 10 })),
      );
      const patches = await Promise.all(sandboxes.map((sandbox) => sandbox.patch()));
      expect(patches.map((patch) => /^\+(\d)$/m.exec(patch)?.[1])).toEqual(['0', '1', '2', '3']);
      const fresh = await provider.open(tree);
      expect((await fresh.run('cat a.py; git status --short', { timeout: 10 })).output).toBe('one');
      await provider.close();
      rmSync(tree, { recursive: true });
    });

    it('a folder that is no prepared tree, an aborted signal, and a closed sandbox are errors', async () => {
      const provider = await openSandboxes({ ...options, kind: 'bubblewrap', work });
      await expect(provider.open(work)).rejects.toThrow(
        new SandboxError(`${work}: not a prepared tree, it has no .git folder`),
      );
      await expect(provider.open(work, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
      const tree = makeTree({});
      const sandbox = await provider.open(tree);
      const running = sandbox.run('sleep 100', { timeout: 100 });
      await Promise.all([sandbox.close(), expect(running).rejects.toThrow('is closed')]);
      await expect(sandbox.shell('true', { timeout: 1 })).rejects.toThrow('the bubblewrap sandbox is closed');
      await sandbox.close();
      await provider.close();
      rmSync(tree, { recursive: true });
    });
  },
);

it('versions are compared by their numbers', () => {
  const version = new Version('bubblewrap 0.11.1\n');
  expect(version.text).toBe('0.11.1');
  expect([
    version.atLeast(0, 8),
    version.atLeast(0, 11),
    version.atLeast(0, 12),
    version.atLeast(1, 0),
  ]).toEqual([true, true, false, false]);
  expect(new Version('what').atLeast(0, 1)).toBe(false);
});

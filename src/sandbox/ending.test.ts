import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotBe, ORDINARY_USER, SandboxClient } from '../../test/sandbox-client.ts';
import { makeTree, sandboxKinds } from '../../test/sandboxes.ts';
import { openSandboxes } from './open.ts';

const kinds = await sandboxKinds();
const SUBJECTS = [
  { kind: 'bubblewrap', user: 'root' },
  { kind: 'bubblewrap', user: 'ordinary user' },
  { kind: 'host', user: 'ordinary user' },
] as const;

for (const [number, { kind, user }] of SUBJECTS.entries()) {
  const missing = kinds[kind] ?? cannotBe(user);
  const mark = `27182.8${number}`;
  describe.skipIf(missing)(
    `when a program with ${kind} sandboxes of ${user} is killed${missing ? ` (${missing})` : ''}`,
    () => {
      let folder: string;
      let tree: string;

      beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'sera-ending-'));
        tree = makeTree({ 'a.py': 'one\n' });
        chmodSync(folder, 0o755);
        chmodSync(tree, 0o755);
        mkdirSync(join(folder, 'work'));
        if (process.getuid?.() === 0 && user !== 'root')
          chownSync(join(folder, 'work'), ORDINARY_USER, ORDINARY_USER);
      });
      afterAll(() => {
        for (const path of [folder, tree]) rmSync(path, { recursive: true });
      });

      it('every process of them ends, and the next program removes what they left', async () => {
        const work = join(folder, 'work');
        const client = await SandboxClient.open(user, work, tree, { kind });
        await client.run(
          `setsid nohup sleep ${mark} >/dev/null 2>&1 & (sleep ${mark} &); mkdir -m 000 locked`,
        );
        const loop = client.run(`while :; do sleep ${mark}; done`, 100).catch(() => undefined);
        await expect.poll(() => running(mark)).toBe(3);
        client.program.kill('SIGKILL');
        await loop;
        await expect.poll(() => running(mark), { timeout: 10_000 }).toBe(0);
        expect(readdirSync(work)).toHaveLength(1);
        const other = await openSandboxes({ kind, network: false, allowHost: true, work });
        expect(readdirSync(work)).toHaveLength(1);
        await other.close();
        expect(readdirSync(work)).toEqual([]);
      });

      it('a living program’s folder is left alone by the next', async () => {
        const work = join(folder, 'work');
        const client = await SandboxClient.open(user, work, tree, { kind });
        const other = await openSandboxes({ kind, network: false, allowHost: true, work });
        await other.close();
        expect(await client.output('cat a.py')).toBe('one');
        await client.end();
        expect(readdirSync(work)).toEqual([]);
      });
    },
  );
}

function running(word: string): number {
  const listed = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return listed.filter((line) => line.startsWith('sleep') && line.includes(word)).length;
}

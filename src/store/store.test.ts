import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Trajectory } from '../trajectory/index.ts';
import {
  RunBusyError,
  type StageRecord,
  Store,
  StoreError,
  type TaskIdentity,
  UnknownRunError,
} from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sera-store-'));
  path = join(folder, 'sub', 'sera.db');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const trajectory: Trajectory = {
  profile: 'swe-agent',
  tools: [],
  messages: [
    { role: 'user', content: 'do ✓ it' },
    {
      role: 'assistant',
      content: '',
      reasoning: 'hm',
      toolCalls: [{ id: 'a', name: 'bash', arguments: '{"command": ' }],
    },
  ],
  calls: [],
  steps: 1,
  exitStatus: 'submitted',
  patch: '+x',
  seconds: 1.5,
};
const first: StageRecord = { stage: 'first-rollout', topic: 'naming', instruction: 'do it', trajectory };
const review: StageRecord = { stage: 'self-review', accepted: true, exchange: null };

function identity(id: string): TaskIdentity {
  const fn = { id: `a.py::${id}`, file: 'a.py', name: id, language: 'python', startLine: 1, endLine: 2 };
  return { id, repository: 'r', location: '/r', commit: 'c', function: fn, replica: 0 };
}

async function openWithRun(...ids: string[]): Promise<Store> {
  const store = await Store.open(path, { create: true });
  await store.addRun({ name: 'r', config: { seed: '0' }, offline: true });
  await store.addTasks('r', ids.map(identity));
  return store;
}

describe('a store', () => {
  test('is readable by its owner alone', async () => {
    await using store = await openWithRun('a');
    expect(store.path).toBe(path);
    expect(statSync(path).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'sub')).mode & 0o077).toBe(0);
  });

  test('gives back exactly what a stage left', async () => {
    await using store = await openWithRun('a');
    await store.finishStage('r', 'a', 1, first, { attempts: 1, topic: 'naming' });
    const stages = await store.stages('r', 'a');
    expect(stages.map((stage) => [stage.attempt, stage.record])).toEqual([[1, first]]);
    expect(await store.task('r', 'a')).toMatchObject({ attempts: 1, topic: 'naming', status: 'waiting' });
  });

  test('refuses the same stage twice, and changes nothing of the task then', async () => {
    await using store = await openWithRun('a');
    await store.finishStage('r', 'a', 1, first, { attempts: 1 });
    await expect(store.finishStage('r', 'a', 1, first, { attempts: 9 })).rejects.toThrow();
    expect((await store.task('r', 'a')).attempts).toBe(1);
  });

  test('keeps tasks that are there when they are added again, and adds the new ones', async () => {
    await using store = await openWithRun('a', 'b');
    await store.changeTask('r', 'a', { status: 'done', recall: { matched: 1, total: 2 } });
    await store.addTasks('r', ['a', 'b', 'c'].map(identity));
    expect((await store.tasks('r')).map((task) => [task.id, task.status])).toEqual([
      ['a', 'done'],
      ['b', 'waiting'],
      ['c', 'waiting'],
    ]);
  });

  test.each([
    ['the earlier first', ['a', 'b']],
    ['the later first', ['b', 'a']],
  ])('leaves a patch that two tasks made to the earlier one: %s', async (_, order) => {
    await using store = await openWithRun('a', 'b');
    for (const id of order) {
      await store.finishStage('r', id, 1, review, { patchHash: 'same' });
      await store.finishStage(
        'r',
        id,
        1,
        { stage: 'verification', recall: { matched: 1, total: 1, recall: 1 } },
        { status: 'done', recall: { matched: 1, total: 1 } },
      );
    }
    const [a, b] = await store.tasks('r');
    expect(a).toMatchObject({ status: 'done', recall: { recall: 1 } });
    expect(b).toMatchObject({ status: 'rejected', reason: 'duplicate patch' });
  });

  test('finds a task by the beginning of its id, and says when there is none or more than one', async () => {
    await using store = await openWithRun('abc', 'abd', 'x');
    expect((await store.task('r', 'abd')).id).toBe('abd');
    expect((await store.task('r', 'x')).id).toBe('x');
    await expect(store.task('r', 'ab')).rejects.toThrow(UnknownRunError);
    await expect(store.task('r', 'zz')).rejects.toThrow(/no task zz/);
    await expect(store.run('nope')).rejects.toThrow(/no run nope in .*it has r/);
  });

  test('sums up a run: tasks, recall in ten bins, tokens and cost', async () => {
    await using store = await openWithRun('a', 'b', 'c', 'd');
    await store.changeTask('r', 'a', { status: 'done', recall: { matched: 10, total: 10 } });
    await store.changeTask('r', 'b', { status: 'done', recall: { matched: 3, total: 10 } });
    await store.changeTask('r', 'c', { status: 'rejected', reason: 'self-review' });
    const usage = { input: 100, cached: 90, output: 7 };
    for (let i = 0; i < 2; i += 1) {
      await store.addCall('r', {
        task: 'a',
        stage: 'first-rollout',
        model: 'm',
        usage,
        costUsd: 0.25,
        latencyMs: 3,
      });
    }
    expect(await store.status('r')).toMatchObject({
      tasks: { total: 4, done: 2, rejected: 1, waiting: 1, failed: 0, running: 0 },
      recall: { mean: 0.65, histogram: [0, 0, 0, 1, 0, 0, 0, 0, 0, 1] },
      reasons: { 'self-review': 1 },
      tokens: { input: 200, cached: 180, output: 14 },
      costUsd: 0.5,
    });
    expect(await store.costs('r', 'a')).toEqual({ 'first-rollout': 0.5 });
  });
});

describe('the right to generate a run', () => {
  test('belongs to one process that lives', async () => {
    await using store = await openWithRun('a');
    await using other = await Store.open(path, { create: false });
    const claim = await store.claim('r');
    await expect(other.claim('r')).rejects.toThrow(RunBusyError);
    expect((await other.status('r')).active).toBe(true);
    await claim.release();
    await (await other.claim('r')).release();
  });

  test('falls to the next when its process was killed, and running tasks wait again', async () => {
    await using store = await openWithRun('a');
    const script = `
      import { Store } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
      const store = await Store.open(${JSON.stringify(path)}, { create: false });
      await store.claim('r');
      await store.changeTask('r', 'a', { status: 'running' });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(store.claim('r')).rejects.toThrow(RunBusyError);
    expect((await store.status('r')).tasks.running).toBe(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await store.status('r')).tasks).toMatchObject({ running: 0, waiting: 1 });
    await store.claim('r');
    expect((await store.task('r', 'a')).status).toBe('waiting');
  });
});

describe('a store that cannot be used', () => {
  const opening = (place: string, create = false) => Store.open(place, { create });

  test('that is not there is one clear line', async () => {
    await expect(opening(path)).rejects.toThrow(/there is no store at .*--store PATH/);
  });

  test('that is another file is one clear line, and the file stays as it was', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'not a database at all, but long enough to be looked at'.repeat(40));
    const before = readFileSync(file);
    await expect(opening(file)).rejects.toThrow(/not a store of this program/);
    expect(readFileSync(file)).toEqual(before);
  });

  test('that a newer version wrote is refused', async () => {
    await (await openWithRun('a')).close();
    const db = new DatabaseSync(path);
    db.exec("insert into kysely_migration values ('9999-future', '2030-01-01')");
    db.close();
    await expect(opening(path)).rejects.toThrow(/written by a newer sera/);
  });

  test('in a folder that is a file is one clear line', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(opening(join(folder, 'file', 'sera.db'), true)).rejects.toThrow(StoreError);
  });

  test.skipIf(!canMount())(
    'on a full disk is one clear line, and what was stored stays (needs mount)',
    async () => {
      const disk = mkdtempSync(join(tmpdir(), 'sera-disk-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', disk]);
      try {
        path = join(disk, 'sera.db');
        await using store = await openWithRun('a');
        const noise = Array.from({ length: 200_000 }, () => Math.random().toString(36)).join('');
        const large: StageRecord = { ...first, instruction: noise };
        await expect(store.finishStage('r', 'a', 1, large, { attempts: 1 })).rejects.toThrow(
          /the disk is full/,
        );
        expect(await store.stages('r', 'a')).toEqual([]);
        expect((await store.task('r', 'a')).attempts).toBe(0);
      } finally {
        execFileSync('umount', ['-l', disk]);
        rmSync(disk, { recursive: true });
      }
    },
  );

  test.skipIf(process.getuid?.() === 0)(
    'in a read-only folder is one clear line (as an ordinary user)',
    async () => {
      chmodSync(folder, 0o500);
      await expect(opening(path, true)).rejects.toThrow(/cannot be written to/);
    },
  );
});

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const disk = mkdtempSync(join(tmpdir(), 'sera-probe-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk], { stdio: 'ignore' });
    execFileSync('umount', [disk]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(disk, { recursive: true });
  }
}

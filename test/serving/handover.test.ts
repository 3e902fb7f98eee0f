import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Bench, freePort, type Running, untilGone } from './sera.ts';
import { writeStudent } from './student.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BIN = here('../../bin/sera.js');
const OLD = oldNode();

/** A Node of this machine that is too old for the code, so that the one of the package takes over. */
function oldNode(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path))
    .find(
      (path) =>
        Number.parseInt(execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }), 10) < 24,
    );
}

describe.skipIf(OLD === undefined)('started by an older Node (skipped where there is none)', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = new Bench(await mkdtemp(join(tmpdir(), 'sera-handover-')));
    await bench.install('vllm', `#!/bin/sh\nexec "${process.execPath}" "${here('./engine.ts')}" "$@"\n`);
  });
  afterEach(async () => {
    bench.dispose();
    await rm(bench.folder, { recursive: true, force: true });
  });

  const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    bench.start(args, { FAKE_ENGINE_SEEN: bench.path('seen'), ...environment }, [OLD ?? '', BIN]);
  const serve = async (faults: string): Promise<Running> => {
    const student = await writeStudent(bench.path('student'));
    const sera = start(['serve', student, '--port', String(await freePort())], { FAKE_ENGINE: faults });
    await sera.until('sera proxy');
    return sera;
  };
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
  const log = () => readFile(bench.state('student.log'), 'utf8');

  test('a command that is killed takes the model with it', async () => {
    const sera = await serve('worker');
    const { pid: inner } = await read(bench.state('student.json'));
    const { pid: engine } = await read(bench.path('seen'));
    const worker = Number(/worker (\d+)/.exec(await log())?.[1]);
    expect(inner).not.toBe(sera.child.pid);
    sera.child.kill('SIGKILL');
    await Promise.all([inner, engine, worker].map(untilGone));
    expect(await log()).toContain('ended in order');
  });

  test('a command that is killed takes the coding tool with it', async () => {
    await bench.install(
      'claude',
      `#!/bin/sh\necho $$ > "${bench.path('tool')}"\necho tool runs >&2\nexec sleep 600\n`,
    );
    const upstream = createServer((_, response) => response.end('{"data":[{"id":"student"}]}'));
    onTestFinished(() => void upstream.close());
    const port = await new Promise<number>((resolve) => {
      upstream.listen(0, '127.0.0.1', () => {
        const address = upstream.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const sera = start(['code', 'claude', '--upstream', `http://127.0.0.1:${port}`]);
    await sera.until('tool runs');
    sera.child.kill('SIGKILL');
    await untilGone(Number(await readFile(bench.path('tool'), 'utf8')));
    await sera.status;
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s to the command alone ends the model in order',
    async (signal) => {
      const sera = await serve('gentle');
      sera.child.kill(signal);
      expect(await sera.status).toBe(130);
      expect(await log()).toContain('ended in order');
    },
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s to the whole group, as from a terminal, counts once',
    async (signal) => {
      const sera = await serve('gentle');
      process.kill(-(sera.child.pid ?? 0), signal);
      expect(await sera.status).toBe(130);
      expect(await log()).toContain('ended in order'); // a second one would have ended it by force
    },
  );

  test('the exit status is that of the inner process', async () => {
    expect(await start(['--version']).status).toBe(0);
    expect(await start(['serve']).status).toBe(2);
  });
});

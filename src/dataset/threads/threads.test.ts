import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { curate } from '../curate.ts';
import { inspect } from '../inspect.ts';
import { checkRecipe } from '../recipe/recipe.ts';
import { openSource } from '../sources/open.ts';
import { linePortions, type Portion } from '../sources/portion.ts';
import type { Setup } from './jobs.ts';
import { inOrder } from './pool.ts';
import { Thread } from './thread.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-threads-'));
});
afterAll(() => rm(folder, { recursive: true }));

const context = () => ({ store: undefined, cache: join(folder, 'hub') });

/** Several portions of rows, some of them broken, some alike. */
async function rows(name: string): Promise<string> {
  const lines = Array.from({ length: 240 }, (_, number) => {
    if (number % 50 === 49) return '{"broken"';
    const words = `word${number % 200} é ${'line of output\n'.repeat(900)}`;
    const messages = [
      { role: 'user', content: `Fix ${words}` },
      { role: 'assistant', content: `<think>\n${number}\n</think>\n\nDone with ${words}` },
    ];
    return JSON.stringify({ instance_id: `o__r-${number}`, messages });
  });
  const path = join(folder, name);
  await writeFile(path, lines.join('\n'));
  return path;
}

test('any number of threads makes the same set, to the byte', async () => {
  const path = await rows('rows.jsonl');
  const recipe = checkRecipe({ sources: [path], validation: 0.3 });
  const make = async (threads: number) => {
    const out = join(folder, `set-${threads}`);
    const broken: string[] = [];
    const account = await curate({
      recipe,
      sources: [await openSource(path, context())],
      out,
      cache: join(folder, `cache-${threads}`),
      threads,
      onBroken: (where) => broken.push(where),
    });
    const files = (await readdir(out, { recursive: true })).filter((file) => /\.(jsonl|parquet)$/.test(file));
    const bytes = await Promise.all(files.sort().map((file) => readFile(join(out, file), 'base64')));
    return { funnel: account.funnel, splits: account.splits, broken, files, bytes };
  };
  const alone = await make(1);
  expect(alone.broken).toEqual([49, 99, 149, 199].map((index) => `${path}:${index + 1}`));
  expect(alone.files).toHaveLength(4);
  expect(await make(3)).toEqual(alone);
});

test('what was measured is known again; what has changed since is measured anew', async () => {
  const path = join(folder, 'again.jsonl');
  const measure = async (content: string) => {
    const messages = [
      { role: 'user', content },
      { role: 'assistant', content: 'Yes.' },
    ];
    await writeFile(path, JSON.stringify({ instance_id: 'a', messages }));
    const options = { tokenizer: 'qwen3', template: 'chatml', limit: 99, cache: join(folder, 'known') };
    const source = await openSource(path, context());
    return (await inspect(source, { ...options, previews: 0 })).statistics;
  };
  const short = await measure('one');
  const long = await measure('two words');
  expect(long.numbers.tokens?.sum).toBe((short.numbers.tokens?.sum ?? 0) + 1);
  expect(await measure('one')).toEqual(short);
  for (const name of await readdir(join(folder, 'known')))
    await writeFile(join(folder, 'known', name), 'torn');
  expect(await measure('one')).toEqual(short);
});

test.runIf(process.platform === 'linux')(
  'where no cache can be kept, everything is measured all the same',
  async () => {
    const source = await openSource(await rows('uncached.jsonl'), context());
    const options = { tokenizer: 'qwen3', template: 'chatml', limit: 99_999, previews: 0 };
    expect((await inspect(source, { ...options, cache: '/proc/sera/cache' })).statistics.samples).toBe(236);
  },
);

test('a file is cut behind lines, and every line has its number', async () => {
  const path = await rows('cut.jsonl');
  const portions: Portion[] = [];
  for await (const portion of linePortions(path, { done: 0, total: 0 })) portions.push(portion);
  expect(portions.length).toBeGreaterThan(3);
  let number = 1;
  const texts = portions.map((portion) => {
    if (portion.kind !== 'lines') throw new Error('no lines');
    expect(portion.first).toBe(number);
    const text = Buffer.from(portion.bytes).toString();
    number += text.split('\n').length - 1;
    return text;
  });
  expect(texts.join('')).toBe(await readFile(path, 'utf8'));
});

test('results come in the order of what was asked, so many at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 5 }), async (delays, atOnce) => {
      let running = 0;
      const work = async (delay: number) => {
        running += 1;
        expect(running).toBeLessThanOrEqual(atOnce);
        for (let turn = 0; turn < delay; turn += 1) await Promise.resolve();
        running -= 1;
        return delay;
      };
      async function* all() {
        yield* delays;
      }
      expect(await Array.fromAsync(inOrder(all(), atOnce, work))).toEqual(delays);
    }),
  );
});

describe('a thread', () => {
  const setup: Setup = { counts: new SharedArrayBuffer(64), tokenizer: 'none', template: { kind: 'chatml' } };
  const ask = { file: { kind: 'jsonl', places: [], path: '' }, from: 0 } as const;

  test('that ends before its work does is one clear line', async () => {
    const thread = new Thread(setup, 0, new URL('data:text/javascript,process.exit(3)'));
    await expect(thread.run('write', ask)).rejects.toThrow('a thread ended before its work did');
    await expect(thread.run('write', ask)).rejects.toThrow('a thread ended before its work did');
  });

  // Limits do not hold for root.
  const user = process.getuid?.() === 0 ? { uid: 65_534 } : {};
  const can = ['prlimit', process.execPath].every(
    (name) => spawnSync(name, ['--version'], user).status === 0,
  );
  test.skipIf(!can)(
    'that the system does not give is one clear line (needs prlimit, and to be read by others)',
    () => {
      const script = `import { execFileSync } from 'node:child_process';
      import { readdirSync } from 'node:fs';
      const { Thread } = await import(${JSON.stringify(new URL('./thread.ts', import.meta.url).href)});
      const threads = readdirSync('/proc/self/task').length;
      execFileSync('prlimit', ['--pid', String(process.pid), '--nproc=' + threads]);
      try { new Thread({}, 0); } catch (error) { console.log(error.name + ': ' + error.message); }`;
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        ...user,
      });
      expect(run.stdout).toMatch(/^ThreadError: cannot start a thread \(EAGAIN\): .*ulimit -u/);
    },
  );
});

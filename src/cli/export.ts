import { type Command, Option } from 'commander';
import {
  type ExportOptions,
  exportSamples,
  FORMATS,
  finishedTasks,
  type LeftOutReason,
  REASONING_MODES,
  ROLLOUTS,
  sampleLine,
  writeLines,
} from '../dataset/index.ts';
import { recordings } from '../generation/index.ts';
import { Store, type TaskStatus } from '../store/index.ts';
import { listenForInterrupt } from './interrupt.ts';
import { toShare } from './number.ts';
import { note, printJson } from './output.ts';
import { plural } from './text.ts';

/** Not a format of samples: every answer of the run, as the `replay` teacher reads it. */
const RECORDING = 'recording';

type Flags = Omit<ExportOptions, 'onLeftOut' | 'format'> & {
  readonly format: ExportOptions['format'] | typeof RECORDING;
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
      new Option(
        '--format <format>',
        'how messages and calls are written; recording is for --teacher replay:',
      )
        .choices([...FORMATS, RECORDING])
        .default('hermes'),
    )
    .addOption(
      new Option('--rollout <which>', 'first rollouts, second ones, or both')
        .choices(ROLLOUTS)
        .default('both'),
    )
    .option('--min-recall <r>', 'only pairs whose recall is at least this, from 0 to 1', toShare, 0)
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
      '\nExamples:\n  $ sera export my-run --out train.jsonl --min-recall 0.5 --rollout 2\n  $ sera export my-run --out - --format openai | head -1\n  $ sera export my-run --out answers.jsonl --format recording   the run again: --teacher replay:answers.jsonl',
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
  const lines = until(interrupt.drain, linesOf(store, runName, { ...flags, onLeftOut }));
  const written = flags.out === '-' ? await streamOut(lines) : await writeLines(flags.out, lines);
  interrupt.dispose();
  const summary: Summary = { run: runName, out: flags.out, tasks, samples: written, left_out: leftOut };
  if (flags.json && flags.out !== '-') printJson(summary);
  else note(describe(summary, flags.format === RECORDING ? 'conversation' : 'sample'));
}

async function* linesOf(
  store: Store,
  runName: string,
  { format, ...options }: Flags & Pick<ExportOptions, 'onLeftOut'>,
): AsyncGenerator<string> {
  if (format === RECORDING) {
    for await (const recording of recordings(store, runName)) yield JSON.stringify(recording);
  } else {
    const samples = exportSamples(finishedTasks(store, runName), { ...options, format });
    for await (const sample of samples) yield sampleLine(sample);
  }
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

async function streamOut(lines: AsyncIterable<string>): Promise<number> {
  let written = 0;
  for await (const line of lines) {
    written += 1;
    if (process.stdout.write(`${line}\n`)) continue;
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  return written;
}

/** `120 tasks done (3 rejected, 1 failed) → 231 samples in train.jsonl; left out: 9 not submitted`. */
function describe({ out, tasks, samples, left_out }: Summary, noun: string): string {
  const { done, ...others } = tasks;
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const rest = counted(others);
  const reasons = counted(left_out as Record<string, number>);
  const where = out === '-' ? '' : ` in ${out}`;
  const line = `${plural(done, 'task')} done${rest && ` (${rest})`} → ${plural(samples, noun)}${where}`;
  return reasons ? `${line}; left out: ${reasons}` : line;
}

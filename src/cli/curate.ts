import { join } from 'node:path';
import type { Command } from 'commander';
import {
  type Account,
  curate,
  openSource,
  parseVariants,
  type Recipe,
  type SourceContext,
  STEPS_HELP,
  type StepCount,
} from '../dataset/index.ts';
import { UsageError } from '../error.ts';
import { listenForInterrupt } from './interrupt.ts';
import { paint, print, printJson } from './output.ts';
import { cacheFolder, openStoreIfThere } from './places.ts';
import { Reading } from './reading.ts';
import { addRecipeFlags, type RecipeFlags, recipeOf, several } from './recipe-flags.ts';
import { count, plural } from './text.ts';

type Flags = RecipeFlags & {
  readonly out: string;
  readonly store: string;
  readonly variants?: string;
  readonly licence?: readonly string[];
  readonly json?: true;
};

export function registerCurate(program: Command): void {
  const command = program
    .command('curate')
    .description('a training set of runs, data sets and other programs’ trajectories')
    .argument(
      '[sources...]',
      'runs, .jsonl (also .gz, .zst) and .parquet files, folders of .traj or .traj.json, OWNER/NAME on the Hub',
    )
    .requiredOption('--out <folder>', 'where the data set is written')
    .option('--recipe <file>', 'a recipe in YAML, as each set has one; flags win over it')
    .option('--variants <list>', 'several sets side by side: filters, or recall=0,0.25,0.5,0.75,1')
    .option('--store <path>', 'the store of the runs', '.sera/sera.db')
    .option('--licence <owner/name=licence>', 'licence of a repository, for the card; repeatable', several)
    .option('--json', 'the account of each set as JSON, one a line, on standard output');
  addRecipeFlags(command);
  command.addHelpText(
    'after',
    `${STEPS_HELP}
Examples:
  $ sera curate my-run --out sets/flask --preset specialist --validation 0.05
  $ sera curate my-run allenai/Sera-4.6-Lite-T2 --out sets/mixed --target pallets/flask --mix target=0.75,general=0.25 --size 8000
  $ sera curate trajectories/ --out sets/b --where 'steps < 60 && topic == "naming"' --fit truncate
  $ sera curate --recipe sets/flask/recipe.yaml --out sets/again`,
  );
  command.action(curateSources);
}

async function curateSources(names: readonly string[], flags: Flags): Promise<void> {
  const recipe = await recipeOf(names, flags);
  const licences = licencesOf(flags.licence);
  const variants = parseVariants(flags.variants, recipe);
  const { store, noStore } = await openStoreIfThere(flags.store);
  const context = { store, ...(noStore === undefined ? {} : { noStore }), cache: cacheFolder() };
  const interrupt = listenForInterrupt('stopping; nothing is written');
  interrupt.signal.addEventListener('abort', () => process.exit(130));
  let size: number | undefined;
  try {
    for (const { name, recipe: one, equalSize } of variants) {
      const out = name ? join(flags.out, name) : flags.out;
      const sized = equalSize ? { size, ...one } : one;
      const account = await make(sized, out, context, licences, interrupt.drain);
      size ??= account.statistics.samples;
      if (flags.json) printJson(account);
      else describe(account, out);
    }
  } finally {
    interrupt.dispose();
    await store?.close();
  }
}

async function make(
  recipe: Recipe,
  out: string,
  context: SourceContext,
  licences: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Account> {
  const sources = await Promise.all(recipe.sources.map((source) => openSource(source, context)));
  const reading = new Reading(sources);
  try {
    const { onBroken, onProgress, onWritten } = reading;
    return await curate({
      recipe,
      sources,
      out,
      cache: context.cache,
      licences,
      signal,
      onBroken,
      onProgress,
      onWritten,
    });
  } finally {
    reading.end();
  }
}

function licencesOf(pairs: readonly string[] = []): Record<string, string> {
  const read = pairs.map((pair) => {
    const [, repository, licence] = /^([^=]+)=(.+)$/.exec(pair) ?? [];
    if (!repository || !licence) {
      throw new UsageError(`--licence ${pair}: write OWNER/NAME=LICENCE, as in pallets/flask=bsd-3-clause`);
    }
    return [repository, licence] as const;
  });
  return Object.fromEntries(read);
}

function describe(account: Account, out: string): void {
  print(paint.out.bold(account.name));
  for (const step of account.funnel) print(stepLine(step));
  const full = account.statistics.samples === account.recipe.size;
  for (const { part, wanted, available, chosen } of account.parts) {
    if (wanted !== null && wanted > available && !full) {
      print(paint.out.yellow(`  part ${part}: ${count(wanted)} were wanted, ${count(available)} are there`));
    } else if (account.parts.length > 1) {
      print(`  part ${part}: ${count(chosen)} of ${count(available)}`);
    }
  }
  const { samples, numbers } = account.statistics;
  if (samples === 0) {
    print(paint.out.yellow(`no sample is left: the account above says at which step → ${out}`));
    return;
  }
  const sides = Object.entries(account.splits).map(([side, each]) => `${side} ${count(each)}`);
  print(
    `${plural(samples, 'sample')}, ${count(numbers.tokens?.sum ?? 0)} tokens: ${sides.join(', ')} → ${out}`,
  );
}

function stepLine({ step, in: before, out, left_out, changed }: StepCount): string {
  const why = Object.entries({ ...left_out, ...changed }).map(([reason, each]) => `${count(each)} ${reason}`);
  const numbers = `${count(before).padStart(9)} →${count(out).padStart(9)}`;
  return `  ${step.padEnd(14)}${numbers}  ${paint.out.dim(why.join(', '))}`.trimEnd();
}

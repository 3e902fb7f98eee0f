import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type Account,
  type CurateOptions,
  checkRecipe,
  curate,
  FORMATS,
  openSource,
  PRESETS,
  type PresetName,
  parseMix,
  parseVariants,
  REASONING_MODES,
  type Recipe,
  ROLLOUTS,
  readRecipe,
  STEPS_HELP,
  type StepCount,
} from '../dataset/index.ts';
import { UsageError } from '../error.ts';
import { listenForInterrupt } from './interrupt.ts';
import { LiveLine } from './live.ts';
import { paint, print, printJson } from './output.ts';
import { cacheFolder, openStoreIfThere } from './places.ts';

type Flags = Readonly<Record<string, unknown>> & {
  readonly out: string;
  readonly store: string;
  readonly recipe?: string;
  readonly preset?: PresetName;
  readonly mix?: string;
  readonly target?: readonly string[];
  readonly variants?: string;
  readonly licence?: readonly string[];
  readonly json?: true;
};

const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('it is a number.');
  return value;
};
const several = (text: string, before: readonly string[] = []): string[] => [...before, text];

export function registerCurate(program: Command): void {
  const command = program
    .command('curate')
    .description('a training set of runs, data sets and other programs’ trajectories')
    .argument('[sources...]', 'runs, .jsonl, .parquet, folders of .traj or .traj.json, OWNER/NAME on the Hub')
    .requiredOption('--out <folder>', 'where the data set is written')
    .option('--recipe <file>', 'the recipe in YAML; flags win over it')
    .addOption(new Option('--preset <name>', 'a mixture of the paper').choices(Object.keys(PRESETS)))
    .option('--variants <list>', 'several sets side by side: filters, or recall=0,0.25,0.5,0.75,1')
    .option('--store <path>', 'the store of the runs', '.sera/sera.db')
    .option('--licence <owner/name=licence>', 'licence of a repository, for the card', several)
    .option('--json', 'the account of the set as JSON on standard output');
  addRecipeFlags(command);
  command.addHelpText(
    'after',
    `${STEPS_HELP}
Examples:
  $ sera curate my-run --out sets/flask --preset specialist --validation 0.05
  $ sera curate my-run allenai/Sera-4.6-Lite-T2 --out sets/mixed --target pallets/flask --mix target=0.75,general=0.25 --size 8000
  $ sera curate trajectories/ --out sets/b --where 'steps < 60 && topic == "naming"' --fit truncate`,
  );
  command.action(curateSources);
}

/** Flags that are fields of the recipe by the same name. */
function addRecipeFlags(command: Command): void {
  command
    .addOption(new Option('--rollout <which>', 'first rollouts, second ones, or both').choices(ROLLOUTS))
    .option('--min-recall <r>', 'from 0 to 1', number)
    .option('--repository <owner/name>', 'only this one; may stand several times', several)
    .option('--commit <hash>', 'only this one; may stand several times', several)
    .option('--language <name>', 'only this one; may stand several times', several)
    .option('--topic <topic>', 'only this one; may stand several times', several)
    .option('--path <glob>', 'only tasks that began in such a file', several)
    .option('--include-unsubmitted', 'also rollouts that a limit or an error ended')
    .option('--allow-offline', 'also data of the offline teacher, which is for trying out')
    .addOption(new Option('--format <format>', 'how messages and calls are written').choices(FORMATS))
    .addOption(new Option('--reasoning <mode>', 'what becomes of the reasoning').choices(REASONING_MODES))
    .addOption(
      new Option('--duplicates <which>', 'drop near or equal ones').choices(['near', 'equal', 'keep']),
    )
    .option('--near-threshold <j>', 'similarity of near-duplicates, from 0.5 to 1', number)
    .addOption(new Option('--secrets <what>', 'what becomes of secrets').choices(['drop', 'redact', 'keep']))
    .option('--benchmarks <file>', 'instances that must not be in the set; may stand several times', several)
    .option('--contamination <share>', 'share of an instance’s n-grams that is too much', number)
    .option('--max-patch-lines <n>', 'changed lines (the paper’s filter: 40)', number)
    .option('--max-tool-tokens <n>', 'mean tokens of tool results (the paper’s filter: 600)', number)
    .option('--min-steps <n>', 'answers of the model', number)
    .option('--max-steps <n>', 'answers of the model', number)
    .option('--min-tokens <n>', 'tokens of the whole sample', number)
    .option('--max-tokens <n>', 'tokens of the whole sample', number)
    .option('--max-files <n>', 'files that the patch touches', number)
    .option('--where <expression>', 'in CEL over the fields; may stand several times', several)
    .option('--tokenizer <place>', 'a tokenizer.json, its folder, or qwen3')
    .option('--template <name>', 'chat template: qwen3, chatml, or a file in Jinja')
    .option('--limit <tokens>', 'the student’s context', number)
    .addOption(new Option('--fit <how>', 'what becomes of longer ones').choices(['drop', 'truncate', 'keep']))
    .option('--min-ratio <share>', 'share of the steps that a cut sample must keep', number)
    .option('--size <n>', 'samples of the whole set', number)
    .option('--target <owner/name>', 'what --mix calls target; may stand several times', several)
    .option('--mix <parts>', 'shares: target=0.75,general=0.25, or OWNER/NAME=0.5,…')
    .option('--validation <share>', 'share of the tasks to validate on', number)
    .option('--held-out <share>', 'share of the tasks that is kept out of training', number)
    .option('--seed <n>', 'draws the order and the sides', number);
}

const RECIPE_FLAGS: readonly string[] =
  'rollout minRecall repository commit language topic path includeUnsubmitted allowOffline format reasoning duplicates nearThreshold secrets benchmarks contamination maxPatchLines maxToolTokens minSteps maxSteps minTokens maxTokens maxFiles where tokenizer template limit fit minRatio size validation heldOut seed'.split(
    ' ',
  );

async function curateSources(names: readonly string[], flags: Flags): Promise<void> {
  const recipe = await recipeOf(names, flags);
  if (recipe.sources.length === 0)
    throw new UsageError('name a source: a run, a file or a folder of trajectories');
  const variants = parseVariants(flags.variants, recipe);
  const store = await openStoreIfThere(flags.store);
  const cache = cacheFolder();
  const interrupt = listenForInterrupt('stopping; nothing is written');
  let size: number | undefined;
  try {
    for (const { name, recipe: one, equalSize } of variants) {
      const out = name ? join(flags.out, name) : flags.out;
      const account = await watch(async (progress) =>
        curate({
          recipe: equalSize ? { size, ...one } : one,
          sources: await Promise.all(recipe.sources.map((source) => openSource(source, { store, cache }))),
          out,
          cache,
          licences: licencesOf(flags.licence),
          signal: interrupt.drain,
          ...progress,
        }),
      );
      size ??= account.statistics.samples;
      if (flags.json) printJson(account);
      else describe(account, out);
    }
  } finally {
    interrupt.dispose();
    await store?.close();
  }
}

/** Says how far it is while it works, and names what is broken. */
async function watch<T>(
  work: (told: Required<Pick<CurateOptions, 'onBroken' | 'onProgress'>>) => Promise<T>,
): Promise<T> {
  let line = 'reading';
  const live = new LiveLine(() => line);
  try {
    return await work({
      onBroken: (where, why) => live.say(`${paint.err.yellow('broken')} ${where}: ${why}`),
      onProgress: (read, kept) => {
        line = `${read} read, ${kept} stay`;
      },
    });
  } finally {
    live.stop();
  }
}

async function recipeOf(names: readonly string[], flags: Flags): Promise<Recipe> {
  const written = flags.recipe === undefined ? {} : await readRecipe(flags.recipe);
  const preset = flags.preset === undefined ? {} : PRESETS[flags.preset];
  const said = Object.fromEntries(
    RECIPE_FLAGS.flatMap((flag) => (flags[flag] === undefined ? [] : [[snake(flag), flags[flag]]])),
  );
  const parts = flags.mix === undefined ? {} : { parts: parseMix(flags.mix, flags.target ?? []) };
  const sources = names.length > 0 ? { sources: names } : {};
  return checkRecipe(
    { ...written, ...preset, ...said, ...parts, ...sources },
    flags.recipe ?? 'the command line',
  );
}

function snake(flag: string): string {
  return flag.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function licencesOf(pairs: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']));
}

function describe(account: Account, out: string): void {
  print(paint.out.bold(account.name));
  for (const step of account.funnel) print(stepLine(step));
  for (const { part, wanted, available, chosen } of account.parts) {
    if (wanted !== null && wanted > available) {
      print(paint.out.yellow(`  part ${part}: ${wanted} were wanted, ${available} are there`));
    } else if (account.parts.length > 1) print(`  part ${part}: ${chosen} of ${available}`);
  }
  const sides = Object.entries(account.splits).map(([side, count]) => `${side} ${count}`);
  const tokens = Math.round(account.statistics.numbers.tokens?.sum ?? 0).toLocaleString('en-US');
  print(`${account.statistics.samples} samples, ${tokens} tokens: ${sides.join(', ') || 'nothing'} → ${out}`);
}

function stepLine({ step, in: before, out, left_out, changed }: StepCount): string {
  const why = Object.entries({ ...left_out, ...changed }).map(([reason, count]) => `${count} ${reason}`);
  return `  ${step.padEnd(14)}${String(before).padStart(7)} →${String(out).padStart(7)}  ${paint.out.dim(why.join(', '))}`;
}

import { type Command, Option } from 'commander';
import {
  checkRecipe,
  FORMATS,
  PRESETS,
  type PresetName,
  parseMix,
  REASONING_MODES,
  type Recipe,
  ROLLOUTS,
  readRecipe,
} from '../dataset/index.ts';
import { UsageError } from '../error.ts';
import { toNumber } from './number.ts';

export type RecipeFlags = Readonly<Record<string, unknown>> & {
  readonly recipe?: string;
  readonly preset?: PresetName;
  readonly mix?: string;
  readonly target?: readonly string[];
};

/** Collects a flag that may stand several times. */
export const several = (text: string, before: readonly string[] = []): string[] => [...before, text];

type Field = keyof Recipe;

/** A flag that is the field of the recipe by the same name. */
interface Flag {
  readonly flags: string;
  readonly what: string;
  readonly choices?: readonly string[];
  readonly read?: typeof toNumber | typeof several;
}

/** The flags by the step that they belong to, in the order of the steps. */
const STEPS: Readonly<Record<string, readonly Flag[]>> = {
  Select: [
    { flags: '--rollout <which>', what: 'first rollouts, second ones, or both', choices: ROLLOUTS },
    { flags: '--min-recall <r>', what: 'least recall of the pair, from 0 to 1', read: toNumber },
    { flags: '--repository <owner/name>', what: 'only this one; repeatable', read: several },
    { flags: '--commit <hash>', what: 'only this one; repeatable', read: several },
    { flags: '--language <name>', what: 'only this one; repeatable', read: several },
    { flags: '--topic <topic>', what: 'only this one; repeatable', read: several },
    { flags: '--path <glob>', what: 'only tasks that began in such a file; repeatable', read: several },
    { flags: '--include-unsubmitted', what: 'also rollouts that a limit or an error ended' },
    { flags: '--allow-offline', what: 'also data of the offline teacher, which is for trying out' },
  ],
  Format: [
    { flags: '--format <format>', what: 'how messages and calls are written', choices: FORMATS },
    { flags: '--reasoning <mode>', what: 'what becomes of the reasoning', choices: REASONING_MODES },
  ],
  Duplicates: [
    { flags: '--duplicates <which>', what: 'what is dropped', choices: ['near', 'equal', 'keep'] },
    { flags: '--near-threshold <j>', what: 'similarity from which two are near, 0.5 to 1', read: toNumber },
  ],
  'Secrets and contamination': [
    { flags: '--secrets <what>', what: 'what becomes of them', choices: ['drop', 'redact', 'keep'] },
    {
      flags: '--benchmarks <file>',
      what: 'SWE-bench JSONL or Parquet whose tasks must not be in the set; repeatable',
      read: several,
    },
    {
      flags: '--contamination <share>',
      what: 'share of an instance’s n-grams that is too much',
      read: toNumber,
    },
  ],
  Filters: [
    { flags: '--max-patch-lines <n>', what: 'changed lines (the paper’s filter: 40)', read: toNumber },
    { flags: '--max-tool-tokens <n>', what: 'mean tokens of tool results (the paper: 600)', read: toNumber },
    { flags: '--min-steps <n>', what: 'answers of the model', read: toNumber },
    { flags: '--max-steps <n>', what: 'answers of the model', read: toNumber },
    { flags: '--min-tokens <n>', what: 'tokens of the whole sample', read: toNumber },
    { flags: '--max-tokens <n>', what: 'tokens of the whole sample', read: toNumber },
    { flags: '--max-files <n>', what: 'files that the patch touches', read: toNumber },
    { flags: '--where <expression>', what: 'CEL over the fields, must be true; repeatable', read: several },
  ],
  'Tokens and fit': [
    { flags: '--tokenizer <place>', what: 'qwen3, a tokenizer.json, its folder, or OWNER/NAME on the Hub' },
    { flags: '--template <name>', what: 'chat template: qwen3, chatml, or a file in Jinja' },
    { flags: '--limit <tokens>', what: 'the student’s context', read: toNumber },
    { flags: '--fit <how>', what: 'what becomes of longer ones', choices: ['drop', 'truncate', 'keep'] },
    { flags: '--min-ratio <share>', what: 'share of its steps that a cut sample keeps', read: toNumber },
  ],
  'Mix and split': [
    { flags: '--size <n>', what: 'samples of the whole set', read: toNumber },
    { flags: '--validation <share>', what: 'share of the tasks to validate on', read: toNumber },
    { flags: '--held-out <share>', what: 'share of the tasks that is kept out of training', read: toNumber },
    { flags: '--seed <n>', what: 'draws the order and the sides', read: toNumber },
  ],
};

export function addRecipeFlags(command: Command): void {
  const defaults = checkRecipe({});
  for (const [heading, flags] of Object.entries(STEPS)) {
    command.optionsGroup(`${heading}:`);
    for (const { flags: name, what, choices, read } of flags) {
      const option = new Option(name);
      const usual = defaults[fieldOf(option)];
      // Not the option's own default: a flag that was not given must not win over the recipe's file.
      const told = typeof usual === 'number' || typeof usual === 'string' ? ` (default: ${usual})` : '';
      option.description = `${what}${told}`;
      if (choices) option.choices(choices);
      else if (read === toNumber) option.argParser(toNumber);
      else if (read === several) option.argParser(several);
      command.addOption(option);
    }
  }
  command
    .option('--mix <parts>', 'shares: target=0.75,general=0.25, or OWNER/NAME=0.5,…')
    .option('--target <owner/name>', 'what --mix calls target; repeatable', several)
    .addOption(
      new Option(
        '--preset <name>',
        'a mixture of the paper: 3,000 second and 5,000 first rollouts, or all',
      ).choices(Object.keys(PRESETS)),
    );
}

/** `--min-recall` is `min_recall`. */
function fieldOf(option: Option): Field {
  return option.name().replaceAll('-', '_') as Field;
}

/**
 * The recipe of a command line: its flags win over the file of `--recipe`.
 *
 * @throws RecipeError, UsageError a field is wrong, or two flags exclude each other
 */
export async function recipeOf(names: readonly string[], flags: RecipeFlags): Promise<Recipe> {
  if (flags.mix !== undefined && flags.preset !== undefined) {
    throw new UsageError('--preset and --mix both say what the parts are: give one of them');
  }
  if (flags.target !== undefined && flags.mix === undefined) {
    throw new UsageError(
      '--target says what target means in --mix: give that too, as in target=0.75,general=0.25',
    );
  }
  const written = flags.recipe === undefined ? {} : await readRecipe(flags.recipe);
  const preset = flags.preset === undefined ? {} : PRESETS[flags.preset];
  const options = Object.values(STEPS).flatMap((step) => step.map(({ flags: name }) => new Option(name)));
  const said = options.flatMap((option) => {
    const value = flags[option.attributeName()];
    return value === undefined ? [] : [[fieldOf(option), value]];
  });
  const parts = flags.mix === undefined ? {} : { parts: parseMix(flags.mix, flags.target ?? []) };
  const sources = names.length > 0 ? { sources: names } : {};
  const recipe = checkRecipe(
    { ...written, ...preset, ...Object.fromEntries(said), ...parts, ...sources },
    flags.recipe ?? 'the command line',
  );
  if (recipe.sources.length === 0) {
    throw new UsageError('name a source: a run, a file or a folder of trajectories');
  }
  return recipe;
}

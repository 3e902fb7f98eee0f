import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { RecipeError } from '../errors.ts';
import { ROLLOUTS } from '../export.ts';
import { REASONING_MODES } from '../reasoning.ts';
import { FORMATS } from '../sample.ts';
import { DEFAULT_TOKENIZER } from '../tokens/load.ts';

const Share = z.number().min(0).max(1);
/** One value stands for a list of one. */
const List = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string().min(1)),
);
const Names = List.refine((names) => names.length > 0, 'give at least one');
/** YAML reads a bare 1 as a number. */
const Rollout = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z.enum(ROLLOUTS),
);
const Count = z.number().int().min(0);

/** What a trajectory must be to be taken; a list holds alternatives. */
const Selection = {
  rollout: Rollout.optional(),
  /** Recall belongs to the pair: below it neither rollout is taken. */
  min_recall: Share.optional(),
  repository: Names.optional(),
  commit: Names.optional(),
  language: Names.optional(),
  topic: Names.optional(),
  /** Globs over the file of the function that the task began with. */
  path: Names.optional(),
};

/** What a trajectory must not exceed, once its patch and its tokens are known. */
const Filters = {
  max_patch_lines: Count.optional(),
  /** Mean tokens of the turns that bring tool results. */
  max_tool_tokens: z.number().positive().optional(),
  min_steps: Count.optional(),
  max_steps: Count.optional(),
  min_tokens: Count.optional(),
  max_tokens: Count.optional(),
  max_files: Count.optional(),
  /** Expressions in CEL; each must be true. */
  where: List.optional(),
};

/** A part of the set with conditions of its own on top of the recipe's, and how large it is to be. */
const Part = z.strictObject({
  name: z.string().min(1),
  ...Selection,
  ...Filters,
  /** Samples. */
  size: Count.optional(),
  /** Share of the whole; the shares of a recipe add up to 1. */
  share: Share.optional(),
});

export const Recipe = z.strictObject({
  sources: List.default([]),
  seed: z.number().int().default(0),
  ...Selection,
  include_unsubmitted: z.boolean().default(false),
  allow_offline: z.boolean().default(false),
  format: z.enum(FORMATS).default('hermes'),
  reasoning: z.enum(REASONING_MODES).default('as_is'),
  duplicates: z.enum(['near', 'equal', 'keep']).default('near'),
  /** Jaccard similarity from which two are near-duplicates. */
  near_threshold: z.number().min(0.5).max(1).default(0.9),
  secrets: z.enum(['drop', 'redact', 'keep']).default('drop'),
  /** Benchmark instances: files in SWE-bench's columns. */
  benchmarks: List.default([]),
  /** Share of an instance's n-grams from which a sample is contaminated. */
  contamination: z.number().min(0).max(1).default(0.5),
  ...Filters,
  tokenizer: z.string().min(1).default(DEFAULT_TOKENIZER),
  template: z.string().min(1).optional(),
  limit: z.number().int().positive().default(32_768),
  fit: z.enum(['drop', 'truncate', 'keep']).default('drop'),
  min_ratio: Share.default(0.88),
  size: Count.optional(),
  parts: z.array(Part).default([]),
  validation: Share.default(0),
  held_out: Share.default(0),
});

export type Recipe = z.infer<typeof Recipe>;
export type RecipeInput = z.input<typeof Recipe>;
export type Part = z.infer<typeof Part>;
export type Filters = { readonly [Name in keyof typeof Filters]?: z.infer<(typeof Filters)[Name]> };
export type Selection = { readonly [Name in keyof typeof Selection]?: z.infer<(typeof Selection)[Name]> };

/**
 * The mixtures of the paper: `specialist` takes 3,000 second rollouts at recall 0.5 or more and 5,000 filtered first
 * ones (arXiv 2601.20789, specialization); `general` takes second rollouts first, filtered by nothing.
 */
export const PRESETS = {
  specialist: {
    parts: [
      { name: 'second rollouts', rollout: '2', min_recall: 0.5, size: 3000 },
      { name: 'first rollouts', rollout: '1', max_patch_lines: 40, max_tool_tokens: 600, size: 5000 },
    ],
  },
  general: {
    parts: [
      { name: 'second rollouts', rollout: '2' },
      { name: 'first rollouts', rollout: '1' },
    ],
  },
} as const satisfies Record<string, RecipeInput>;
export type PresetName = keyof typeof PRESETS;

/** @throws RecipeError a field is unknown or out of its range, or shares do not add up */
export function checkRecipe(input: unknown, where = 'the recipe'): Recipe {
  const parsed = Recipe.safeParse(input);
  if (!parsed.success) {
    throw new RecipeError(`${where}: ${complaint(parsed.error)}`);
  }
  const recipe = parsed.data;
  const shares = recipe.parts.flatMap((part) => part.share ?? []);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.length > 0 && Math.abs(sum - 1) > 1e-6) {
    throw new RecipeError(`${where}: the shares of the parts add up to ${sum}, not to 1`);
  }
  if (shares.length > 0 && shares.length < recipe.parts.length) {
    throw new RecipeError(`${where}: give every part a share, or none`);
  }
  if (recipe.validation + recipe.held_out >= 1) {
    throw new RecipeError(`${where}: validation and held_out leave nothing to train on`);
  }
  return recipe;
}

/** The first of a schema's complaints, with its place. */
function complaint({ issues: [issue] }: z.ZodError): string {
  const place = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    return `there is no field ${issue.keys.join(', ')}${place ? ` in ${place}` : ''}`;
  }
  const said = issue?.message ?? 'it is no recipe';
  return place ? `${place}: ${said}` : said;
}

/** Reads a recipe in YAML or JSON; the result is what was written there, unchecked. */
export async function readRecipe(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new RecipeError(`cannot read the recipe ${path}`);
  });
  try {
    return z.record(z.string(), z.unknown()).parse(parse(text) ?? {});
  } catch {
    throw new RecipeError(`${path} is not a recipe: YAML with one field a line is wanted`);
  }
}

import { RecipeError } from '../errors.ts';
import type { Part, Recipe } from './recipe.ts';

/** One of several sets that are made side by side. */
export interface Variant {
  /** Folder below `--out`; undefined where there is only one set. */
  readonly name?: string;
  readonly recipe: Recipe;
  /** As large as the first of them, which is the smallest. */
  readonly equalSize?: true;
}

/** The paper's two filters (arXiv 2601.20789, specialization). */
const PATCH = { max_patch_lines: 40 };
const BOTH = { ...PATCH, max_tool_tokens: 600 };

/**
 * `filters`: the sets of the paper's filter ablation; `recall=0,0.5,1`: those of its threshold ablation,
 * the highest first, since all are to be as large as the smallest.
 *
 * @throws RecipeError it is neither
 */
export function parseVariants(text: string | undefined, recipe: Recipe): Variant[] {
  if (text === undefined) return [{ recipe }];
  if (text === 'filters') {
    const plain = withoutFilters(recipe);
    return [
      { name: 'filters-none', recipe: plain },
      { name: 'filters-patch', recipe: { ...plain, ...PATCH } },
      { name: 'filters-both', recipe: { ...plain, ...BOTH } },
    ];
  }
  const [, list] = /^recall=([\d.,]+)$/.exec(text) ?? [];
  const thresholds = list?.split(',').map(Number) ?? [];
  if (thresholds.length === 0 || thresholds.some((value) => !(value >= 0 && value <= 1))) {
    throw new RecipeError(`--variants ${text}: it is filters, or recall=0,0.25,0.5,0.75,1`);
  }
  const fewestFirst = thresholds.sort((a, b) => b - a);
  return fewestFirst.map((min_recall) => ({
    name: `recall-${min_recall}`,
    recipe: { ...recipe, min_recall },
    equalSize: true,
  }));
}

function withoutFilters(recipe: Recipe): Recipe {
  const { max_patch_lines, max_tool_tokens, ...rest } = recipe;
  const parts = rest.parts.map(({ max_patch_lines, max_tool_tokens, ...part }) => part);
  return { ...rest, parts };
}

/**
 * Reads `target=0.75,general=0.25`: `target` is what `targets` names, `general` everything else, any other name is a
 * repository.
 *
 * @throws RecipeError it is not of this form
 */
export function parseMix(text: string, targets: readonly string[]): Part[] {
  const parts = text.split(',').map((pair) => {
    const [, name, share] = /^(.+)=([\d.]+)$/.exec(pair.trim()) ?? [];
    if (!name || !share) throw new RecipeError(`--mix ${text}: shares are written name=0.75,other=0.25`);
    return { name, share: Number(share) };
  });
  if (parts.some(({ name }) => name === 'target') && targets.length === 0) {
    throw new RecipeError(`--mix ${text}: say with --target OWNER/NAME what the target is`);
  }
  // What is named comes first: `general` is what is left then.
  const named = parts.map((part): Part => {
    if (part.name === 'general') return part;
    return { ...part, repository: part.name === 'target' ? [...targets] : [part.name] };
  });
  return named.sort((a, b) => Number(a.name === 'general') - Number(b.name === 'general'));
}

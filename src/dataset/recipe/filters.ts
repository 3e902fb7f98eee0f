import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { Metadata } from '../candidate.ts';
import { RecipeError } from '../errors.ts';
import type { Filters } from './recipe.ts';

/** What filters and expressions are about: the metadata, and what was measured. */
export interface Facts extends Metadata {
  readonly id: string;
  readonly source: string;
  /** Changed lines of the patch; null where there is no patch. */
  readonly patch_lines: number | null;
  readonly files: number | null;
  readonly messages: number;
  readonly tokens: number;
  /** Mean tokens of the turns that bring tool results; 0 where there are none. */
  readonly tool_tokens: number;
}

/** What an expression may name; `function` is a word of CEL's own, so it is `file` and `id` there. */
const FIELDS: Readonly<Record<Exclude<keyof Facts, 'function'>, true>> = {
  id: true,
  source: true,
  repository: true,
  commit: true,
  file: true,
  language: true,
  topic: true,
  teacher: true,
  profile: true,
  rollout: true,
  exit_status: true,
  steps: true,
  patch: true,
  pull_request: true,
  matched: true,
  total: true,
  recall: true,
  cost_usd: true,
  offline: true,
  patch_lines: true,
  files: true,
  messages: true,
  tokens: true,
  tool_tokens: true,
};

/** Says why a sample is left out, or undefined where it stays. */
export type Filter = (facts: Facts) => string | undefined;

/** @throws RecipeError an expression cannot be read, or names a field that there is not */
export function compileFilters(filters: Filters): Filter {
  const { where = [] } = filters;
  const expressions = where.map(compileExpression);
  return (facts) => bounds(facts, filters) ?? expressions.map((check) => check(facts)).find((why) => why);
}

function bounds(facts: Facts, filters: Filters): string | undefined {
  const above = (value: number | null, most: number | undefined) => most !== undefined && (value ?? 0) > most;
  const below = (value: number | null, least: number | undefined) =>
    least !== undefined && (value ?? 0) < least;
  if (above(facts.patch_lines, filters.max_patch_lines)) return 'long patch';
  if (above(facts.tool_tokens, filters.max_tool_tokens)) return 'long tool output';
  if (above(facts.files, filters.max_files)) return 'many files';
  if (below(facts.steps, filters.min_steps)) return 'few steps';
  if (above(facts.steps, filters.max_steps)) return 'many steps';
  if (below(facts.tokens, filters.min_tokens)) return 'few tokens';
  if (above(facts.tokens, filters.max_tokens)) return 'many tokens';
  return undefined;
}

function compileExpression(text: string): Filter {
  const environment = new Environment();
  for (const field of Object.keys(FIELDS)) environment.registerVariable(field, 'dyn');
  let evaluate: ParseResult;
  try {
    evaluate = environment.parse(text);
    const { valid, error } = evaluate.check();
    if (!valid) throw error ?? new Error('its types do not fit');
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    const fields = Object.keys(FIELDS).join(', ');
    throw new RecipeError(`the expression ${text} cannot be read (${why}); fields: ${fields}`);
  }
  return (facts) => {
    const answer = answerOf(evaluate, facts);
    if (answer === undefined) return `no answer: ${text}`;
    if (typeof answer === 'boolean') return answer ? undefined : `not: ${text}`;
    throw new RecipeError(`the expression ${text} says ${String(answer)}, and not whether to keep a sample`);
  };
}

/** Undefined where a field is asked for that this sample does not have. */
function answerOf(evaluate: ParseResult, facts: Facts): unknown {
  try {
    return evaluate({ ...facts }) ?? undefined;
  } catch {
    return undefined;
  }
}

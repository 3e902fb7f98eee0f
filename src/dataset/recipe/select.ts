import { matchesGlob } from 'node:path';
import type { Candidate } from '../candidate.ts';
import type { Part, Recipe, Selection } from './recipe.ts';

/** The part that takes what no other part is there for. */
const EVERYTHING: Part = { name: 'all' };

/** What the select step decided: the part that a candidate belongs to, or why it belongs to none. */
export type Selected = { readonly part: Part } | { readonly reason: string };

/** The parts of a recipe; one that takes everything where it names none. */
export function partsOf(recipe: Recipe): readonly Part[] {
  return recipe.parts.length > 0 ? recipe.parts : [EVERYTHING];
}

/** Gives a candidate to the first part whose conditions it meets, after those of the recipe itself. */
export function select({ metadata }: Candidate, recipe: Recipe): Selected {
  if (!recipe.include_unsubmitted && metadata.exit_status !== null && metadata.exit_status !== 'submitted') {
    return { reason: 'not submitted' };
  }
  const reason = unmet(metadata, recipe);
  if (reason) return { reason };
  const reasons: string[] = [];
  for (const part of partsOf(recipe)) {
    const why = unmet(metadata, part);
    if (!why) return { part };
    reasons.push(why);
  }
  return { reason: recipe.parts.length > 1 ? 'belongs to no part' : (reasons[0] ?? 'belongs to no part') };
}

function unmet(metadata: Candidate['metadata'], wanted: Selection): string | undefined {
  const { rollout, min_recall, path } = wanted;
  if (rollout && rollout !== 'both' && metadata.rollout !== Number(rollout)) return 'the other rollout';
  if (min_recall && (metadata.recall ?? -1) < min_recall) {
    return metadata.recall === null ? 'no recall' : 'low recall';
  }
  for (const field of ['repository', 'commit', 'language', 'topic'] as const) {
    const values = wanted[field];
    if (values && !values.includes(metadata[field] ?? '')) return `another ${field}`;
  }
  const file = metadata.file ?? '';
  if (path && !path.some((glob) => matchesGlob(file, glob))) return 'another path';
  return undefined;
}

import type { Random } from '../../random.ts';
import type { Replacement } from '../replacement.ts';
import type { Source } from '../source.ts';

/** A kind of change that the offline teacher knows how to make. */
export interface Edit {
  readonly kind: EditKind;
  /** Every place of a function where the change can be made. */
  sites(source: Source): readonly Site[];
}

export interface Site {
  /** What the change is about, in the code's own words: a parameter, a number, a condition; may be empty. */
  readonly detail: string;
  /** The change itself. What is a matter of taste (names, messages) is drawn; the first of a choice is the plainest. */
  change(taste: Random): readonly Replacement[];
}

export const EDIT_KINDS = [
  'guard',
  'document',
  'extend-document',
  'rename-local',
  'name-number',
  'name-condition',
  'name-result',
  'flip-branches',
  'drop-else',
  'explain-error',
  'explain-branch',
  'wrap-error',
  'default-case',
  'annotate',
  'parameterize',
  'simplify-comparison',
  'clamp-range',
  'modern-format',
  'add-braces',
] as const;
export type EditKind = (typeof EDIT_KINDS)[number];

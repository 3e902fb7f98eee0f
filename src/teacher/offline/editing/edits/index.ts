import { addBraces } from './add-braces.ts';
import { annotate } from './annotate.ts';
import { clampRange } from './clamp-range.ts';
import { defaultCase } from './default-case.ts';
import { document } from './document.ts';
import { dropElse } from './drop-else.ts';
import type { Edit, EditKind } from './edit.ts';
import { explainBranch } from './explain-branch.ts';
import { explainError } from './explain-error.ts';
import { extendDocument } from './extend-document.ts';
import { flipBranches } from './flip-branches.ts';
import { guard } from './guard.ts';
import { modernFormat } from './modern-format.ts';
import { nameCondition } from './name-condition.ts';
import { nameNumber } from './name-number.ts';
import { nameResult } from './name-result.ts';
import { parameterize } from './parameterize.ts';
import { renameLocal } from './rename-local.ts';
import { simplifyComparison } from './simplify-comparison.ts';
import { wrapError } from './wrap-error.ts';

export { EDIT_KINDS, type Edit, type EditKind, type Site } from './edit.ts';

/** Every edit by its kind. */
export const EDITS: Readonly<Record<EditKind, Edit>> = {
  guard,
  document,
  'extend-document': extendDocument,
  'rename-local': renameLocal,
  'name-number': nameNumber,
  'name-condition': nameCondition,
  'name-result': nameResult,
  'flip-branches': flipBranches,
  'drop-else': dropElse,
  'explain-error': explainError,
  'explain-branch': explainBranch,
  'wrap-error': wrapError,
  'default-case': defaultCase,
  annotate,
  parameterize,
  'simplify-comparison': simplifyComparison,
  'clamp-range': clampRange,
  'modern-format': modernFormat,
  'add-braces': addBraces,
};

import { document } from './document.ts';
import type { Edit, EditKind } from './edit.ts';
import { guard } from './guard.ts';
import { renameLocal } from './rename-local.ts';

export { EDIT_KINDS, type Edit, type EditKind, type Site } from './edit.ts';

/** Every edit by its kind. */
export const EDITS: Readonly<Record<EditKind, Edit>> = {
  guard,
  document,
  'rename-local': renameLocal,
};

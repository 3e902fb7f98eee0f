import type { Transaction } from 'kysely';
import type { TaskStatus } from './records.ts';
import type { Tables } from './schema.ts';

/** What the end of a stage changes about its task; what is left out stays as it was. */
export interface TaskChange {
  readonly status?: TaskStatus;
  readonly reason?: string | null;
  readonly attempts?: number;
  readonly topic?: string;
  /** Hash of the accepted patch: of the tasks that have the same, the earliest in the run keeps it. */
  readonly patchHash?: string;
  readonly recall?: { readonly matched: number; readonly total: number };
}

/** A rejected task stays rejected. */
export async function changeTask(
  trx: Transaction<Tables>,
  run: string,
  task: string,
  change: TaskChange,
): Promise<void> {
  const set = {
    ...(change.status !== undefined && { status: change.status }),
    ...(change.reason !== undefined && { reason: change.reason }),
    ...(change.attempts !== undefined && { attempts: change.attempts }),
    ...(change.topic !== undefined && { topic: change.topic }),
    ...(change.patchHash !== undefined && { patch_hash: change.patchHash }),
    ...(change.recall !== undefined && { matched: change.recall.matched, total: change.recall.total }),
  };
  if (Object.keys(set).length === 0) return;
  await trx
    .updateTable('tasks')
    .set(set)
    .where('run', '=', run)
    .where('id', '=', task)
    .where('status', '!=', 'rejected') // a duplicate stays rejected whatever its walk still finishes
    .execute();
}

/**
 * Of the tasks that made the same patch the earliest in the run keeps it, whichever finished first: so the outcome
 * does not depend on timing.
 */
export async function dropDuplicates(
  trx: Transaction<Tables>,
  run: string,
  patchHash: string,
): Promise<void> {
  const rows = await trx
    .selectFrom('tasks')
    .select('id')
    .where('run', '=', run)
    .where('patch_hash', '=', patchHash)
    .orderBy('ordinal')
    .execute();
  const later = rows.slice(1).map((row) => row.id);
  if (later.length === 0) return;
  await trx
    .updateTable('tasks')
    .set({ status: 'rejected', reason: 'duplicate patch', matched: null, total: null })
    .where('run', '=', run)
    .where('id', 'in', later)
    .execute();
}

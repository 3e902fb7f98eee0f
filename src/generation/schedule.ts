import type { TaskRecord } from '../store/index.ts';
import type { Workshop } from './stages.ts';
import { walk } from './walk.ts';

/**
 * Walks tasks side by side, each at its own pace: there is no barrier between stages, so one that is slow holds
 * nobody back. Ends when all are settled, when the run is being drained, or with the first error that concerns
 * the whole run, after everything in flight has come to rest.
 *
 * @param concurrency tasks in flight, 1 or more
 */
export async function walkAll(
  shop: Workshop,
  tasks: readonly TaskRecord[],
  concurrency: number,
): Promise<void> {
  const queue = tasks.values();
  let failure: { readonly error: unknown } | undefined;

  const worker = async (): Promise<void> => {
    for (const task of queue) {
      if (shop.drain.aborted || shop.signal.aborted) return;
      await walk(shop, task);
      const after = await shop.store.task(shop.run, task.id);
      shop.listen({ type: 'task-ended', task: after });
    }
  };

  const guarded = async (): Promise<void> => {
    try {
      await worker();
    } catch (error) {
      failure ??= { error };
      shop.stop(error);
    }
  };

  await Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, guarded));
  if (failure) throw failure.error;
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { Store, StoreError } from '../store/index.ts';

/** Where token counts and data sets of the Hub are kept. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sera');
}

/** The store, or why there is none: a project without one can still curate files. */
export async function openStoreIfThere(
  path: string,
): Promise<{ readonly store: Store | undefined; readonly noStore?: string }> {
  try {
    return { store: await Store.open(path, { create: false }) };
  } catch (error) {
    if (error instanceof StoreError) return { store: undefined, noStore: error.message };
    throw error;
  }
}

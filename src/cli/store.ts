import { resolve } from 'node:path';
import { Store } from '../store/index.ts';

/** Where the store stands unless told otherwise, from the folder that the command runs in. */
export const DEFAULT_STORE = '.sera/sera.db';

export const STORE_OPTION = ['--store <path>', "the store's file", DEFAULT_STORE] as const;

export function storePath(options: { readonly store: string }): string {
  return resolve(options.store);
}

/** Opens a store that must exist, for the commands that only look. */
export function openStore(options: { readonly store: string }): Promise<Store> {
  return Store.open(storePath(options), { create: false });
}

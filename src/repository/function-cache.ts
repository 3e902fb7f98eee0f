import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shortHash } from './hash.ts';
import type { OptionalKind } from './leave-out.ts';

/** What was found in a blob, or why nothing could be. */
export type CachedFile =
  | {
      readonly functions: readonly (readonly [name: string, startLine: number, endLine: number])[];
      /** Where the content tells that nobody writes this file by hand. */
      readonly kind?: OptionalKind;
    }
  | { readonly unusable: string };

/**
 * What was found in each blob, kept from one call to the next. One file a repository, written aside and renamed; one
 * that cannot be read is made anew, and one that cannot be written costs only time.
 */
export class FunctionCache {
  readonly #path: string;
  readonly #files: Map<string, CachedFile>;
  #changed = false;

  private constructor(path: string, files: Map<string, CachedFile>) {
    this.#path = path;
    this.#files = files;
  }

  /** @param version changes whenever the same source may yield other functions */
  static async open(cache: string, location: string, version: string): Promise<FunctionCache> {
    const path = join(cache, 'functions', `${shortHash(location)}-${shortHash(version)}.json`);
    return new FunctionCache(path, await read(path));
  }

  get(key: string): CachedFile | undefined {
    return this.#files.get(key);
  }

  set(key: string, entry: CachedFile): void {
    this.#files.set(key, entry);
    this.#changed = true;
  }

  async save(): Promise<void> {
    if (!this.#changed) return;
    const body = JSON.stringify(Object.fromEntries(this.#files));
    const aside = `${this.#path}.${process.pid}`;
    try {
      await mkdir(join(this.#path, '..'), { recursive: true });
      await writeFile(aside, `${digest(body)}\n${body}`);
      await rename(aside, this.#path);
    } catch {
      // A cache is a convenience: a folder that cannot be written to must not stop the work.
    }
  }
}

async function read(path: string): Promise<Map<string, CachedFile>> {
  try {
    const text = await readFile(path, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== digest(body)) return new Map();
    // The digest vouches that this program wrote it, so the shape need not be checked entry by entry.
    return new Map(Object.entries(JSON.parse(body) as Record<string, CachedFile>));
  } catch {
    return new Map();
  }
}

function digest(body: string): string {
  return createHash('sha1').update(body).digest('hex');
}

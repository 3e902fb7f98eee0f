import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asideOf } from './aside.ts';
import { shortHash } from './hash.ts';
import type { OptionalKind } from './leave-out.ts';

/** What was found in a blob, or why nothing could be. */
export type CachedFile =
  | {
      readonly language: string;
      readonly functions: readonly (readonly [name: string, startLine: number, endLine: number])[];
      /** Where the content tells that nobody writes this file by hand. */
      readonly kind?: OptionalKind;
    }
  | { readonly unusable: string };

/** Files beyond which what was not asked for this time is forgotten. */
const MOST_KEPT = 100_000;

/**
 * What was found in each blob, kept from one call to the next. One file a repository, written aside and renamed; one
 * that cannot be read is made anew, and one that cannot be written costs only time.
 */
export class FunctionCache {
  readonly #path: string;
  readonly #version: string;
  readonly #kept: Map<string, CachedFile>;
  readonly #used = new Map<string, CachedFile>();
  #changed = false;

  private constructor(path: string, version: string, kept: Map<string, CachedFile>) {
    this.#path = path;
    this.#version = version;
    this.#kept = kept;
  }

  /** @param version changes whenever the same content may give something else */
  static async open(cache: string, location: string, version: string): Promise<FunctionCache> {
    const path = join(cache, 'functions', `${shortHash(location)}.json`);
    return new FunctionCache(path, version, await read(path, version));
  }

  get(key: string): CachedFile | undefined {
    const found = this.#used.get(key) ?? this.#kept.get(key);
    if (found) this.#used.set(key, found);
    return found;
  }

  set(key: string, entry: CachedFile): void {
    this.#used.set(key, entry);
    this.#changed = true;
  }

  async save(): Promise<void> {
    if (!this.#changed) return;
    const all = new Map([...this.#kept, ...this.#used]);
    const body = JSON.stringify([...(all.size > MOST_KEPT ? this.#used : all)]);
    const aside = asideOf(this.#path);
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(aside, `${head(this.#version, body)}\n${body}`, { mode: 0o600 });
      await rename(aside, this.#path);
      this.#changed = false;
    } catch {
      // A cache is a convenience: a folder that cannot be written to must not stop the work.
      await rm(aside, { force: true }).catch(() => {});
    }
  }
}

async function read(path: string, version: string): Promise<Map<string, CachedFile>> {
  try {
    const text = await readFile(path, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== head(version, body)) return new Map();
    // The digest vouches that this program wrote it, so the shape need not be checked entry by entry.
    return new Map(JSON.parse(body) as [string, CachedFile][]);
  } catch {
    return new Map();
  }
}

function head(version: string, body: string): string {
  return `${version} ${createHash('sha1').update(body).digest('hex')}`;
}

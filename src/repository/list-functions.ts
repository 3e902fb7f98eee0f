import { UsageError } from '../error.ts';
import { LANGUAGES, languageName, languageOf } from '../syntax/index.ts';
import { type CachedFile, FunctionCache } from './function-cache.ts';
import { kindByPath, type OptionalKind } from './leave-out.ts';
import { listTree, readBlobs, type TreeEntry } from './objects.ts';
import { readingVersion, readSource } from './read-source.ts';
import type { FunctionListing, FunctionOptions, RepositoryFunction } from './repository.ts';
import type { Source } from './source.ts';

/** Bytes; a larger file is data, not something that people edit by hand. */
const HUGE = 2 ** 20;

/**
 * Every function of a commit, in the order of files and lines. A file that cannot be read or parsed costs that file
 * alone and is counted.
 *
 * @throws UsageError a language that there is not
 */
export async function listFunctions(
  source: Source,
  commit: string,
  options: FunctionOptions,
  cache: string,
  signal?: AbortSignal,
): Promise<FunctionListing> {
  const wanted = wantedLanguages(options.languages);
  const include = new Set<OptionalKind>(options.include ?? []);
  const leftOut = new Tally();
  const files: TreeEntry[] = [];
  for (const entry of await listTree(source.directory, commit, signal)) {
    if (!entry.path.startsWith(source.prefix) || !mayBe(entry.path, wanted)) continue;
    const reason = whyNot(entry, include);
    if (reason) leftOut.add(reason);
    else files.push(entry);
  }
  const known = await FunctionCache.open(cache, source.location, await readingVersion());
  await readNewFiles(source.directory, files, known, signal);
  await known.save();
  const functions = files.flatMap((entry) => {
    const found = known.get(keyOf(entry));
    if (!found) return leftOut.add('missing');
    if ('unusable' in found) return leftOut.add(found.unusable);
    if (!wanted.has(found.language)) return [];
    if (found.kind && !include.has(found.kind)) return leftOut.add(found.kind);
    return nameFunctions(entry.path, found.language, found.functions);
  });
  return { functions, leftOut: leftOut.counts };
}

/** @throws UsageError a name that is no language */
function wantedLanguages(languages: readonly string[] | undefined): ReadonlySet<string> {
  const known = new Set(LANGUAGES.map(languageName));
  for (const language of languages ?? []) {
    if (!known.has(language))
      throw new UsageError(`no language ${language}; there are ${[...known].join(', ')}`);
  }
  return languages ? new Set(languages) : known;
}

/** A header may turn out to be C++ when its content is seen. */
function mayBe(path: string, wanted: ReadonlySet<string>): boolean {
  const language = languageOf(path);
  if (!language) return false;
  return wanted.has(languageName(language)) || (language === 'c' && wanted.has('cpp'));
}

function whyNot({ mode, path, size }: TreeEntry, include: ReadonlySet<OptionalKind>): string | undefined {
  if (mode === '120000') return 'links';
  if (mode === '160000') return 'submodules';
  const kind = kindByPath(path);
  if (kind && !include.has(kind)) return kind;
  if (Number.isNaN(size)) return 'missing';
  return size > HUGE ? 'huge' : undefined;
}

/** The same content is read in another way under another kind of name. */
function keyOf({ hash, path }: TreeEntry): string {
  return `${hash} ${languageOf(path)}`;
}

/** Reads the files whose content was never seen before. */
async function readNewFiles(
  directory: string,
  files: readonly TreeEntry[],
  known: FunctionCache,
  signal: AbortSignal | undefined,
): Promise<void> {
  const fresh = new Map<string, TreeEntry>();
  for (const file of files) if (!known.get(keyOf(file))) fresh.set(keyOf(file), file);
  const hashes = [...fresh.values()].map(({ hash }) => hash);
  const contents = readBlobs(directory, hashes, signal);
  for (const [key, { path }] of fresh) {
    signal?.throwIfAborted();
    const { value } = await contents.next();
    if (value) known.set(key, await readSource(path, value));
  }
  await contents.return(undefined);
}

/** Names functions so that each has an id of its own: the second of a name in a file is `#2`, the third `#3`. */
function nameFunctions(
  file: string,
  language: string,
  found: Extract<CachedFile, { functions: unknown }>['functions'],
): RepositoryFunction[] {
  const seen = new Map<string, number>();
  return found.map(([name, startLine, endLine]) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    const id = `${file}::${name}${times > 1 ? `#${times}` : ''}`;
    return { id, file, name, language, startLine, endLine };
  });
}

class Tally {
  readonly counts: Record<string, number> = {};

  add(reason: string): [] {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1;
    return [];
  }
}

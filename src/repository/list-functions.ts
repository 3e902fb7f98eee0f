import { isUtf8 } from 'node:buffer';
import { UsageError } from '../error.ts';
import { findFunctions, LANGUAGES, type Language, languageName, languageOf } from '../syntax/index.ts';
import { type CachedFile, FunctionCache } from './function-cache.ts';
import { kindByContent, kindByPath, type OptionalKind } from './leave-out.ts';
import { listTree, readBlobs, type TreeEntry } from './objects.ts';
import type { FunctionListing, FunctionOptions, RepositoryFunction } from './repository.ts';
import type { Source } from './source.ts';

/** Changes whenever the same blob may yield other functions, so that what was kept before is not used. */
const VERSION = 'functions 1';

/** Bytes; a larger file is data, not something that people edit by hand. */
const HUGE = 1 << 20;

/**
 * Every function of a commit, in the order of files and lines. A file that cannot be read or parsed costs that file
 * alone and is counted.
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
  const files: SourceFile[] = [];
  for (const entry of await listTree(source.directory, commit, signal)) {
    const language = languageOf(entry.path);
    if (!language || !entry.path.startsWith(source.prefix) || !wanted.has(languageName(language))) continue;
    const reason = whyNot(entry, include);
    if (reason) leftOut.add(reason);
    else files.push({ entry, language });
  }
  const known = await FunctionCache.open(cache, source.location, VERSION);
  await readNewFiles(source.directory, files, known, signal);
  await known.save();
  const functions = files.flatMap((file) => {
    const found = known.get(keyOf(file)) ?? { unusable: 'cannot be read' };
    if ('unusable' in found) return leftOut.add(found.unusable);
    if (found.kind && !include.has(found.kind)) return leftOut.add(found.kind);
    return nameFunctions(file.entry.path, languageName(file.language), found.functions);
  });
  return { functions, leftOut: leftOut.counts };
}

interface SourceFile {
  readonly entry: TreeEntry;
  readonly language: Language;
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

function whyNot({ mode, path, size }: TreeEntry, include: ReadonlySet<OptionalKind>): string | undefined {
  if (mode === '120000') return 'links';
  if (mode === '160000') return 'submodules';
  const kind = kindByPath(path);
  if (kind && !include.has(kind)) return kind;
  return size > HUGE ? 'huge' : undefined;
}

function keyOf({ entry, language }: SourceFile): string {
  return `${entry.hash} ${language}`;
}

/** Parses the files whose content was never seen before. */
async function readNewFiles(
  directory: string,
  files: readonly SourceFile[],
  known: FunctionCache,
  signal: AbortSignal | undefined,
): Promise<void> {
  const fresh = new Map<string, SourceFile>();
  for (const file of files) if (!known.get(keyOf(file))) fresh.set(keyOf(file), file);
  const contents = readBlobs(
    directory,
    fresh
      .values()
      .map(({ entry }) => entry.hash)
      .toArray(),
    signal,
  );
  for (const [key, file] of fresh) {
    const { value } = await contents.next();
    if (value) known.set(key, await readFile(value, file));
  }
}

async function readFile(content: Buffer, { entry, language }: SourceFile): Promise<CachedFile> {
  if (!isUtf8(content)) return { unusable: 'not UTF-8' };
  const source = content.toString('utf8');
  const kind = kindByContent(source);
  try {
    const found = await findFunctions(languageOf(entry.path, source) ?? language, source);
    const functions = found.map(({ name, startLine, endLine }) => [name, startLine, endLine] as const);
    return { functions, ...(kind && { kind }) };
  } catch {
    return { unusable: 'cannot be parsed' };
  }
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

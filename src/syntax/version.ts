import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The packages whose version decides what is found, each by a file beside its manifest. */
const PACKAGES = [
  'web-tree-sitter',
  '@repomix/tree-sitter-wasms/package.json',
  '@tree-sitter-grammars/tree-sitter-kotlin/package.json',
];

let version: Promise<string> | undefined;

/**
 * Changes whenever the same source may give other functions, so that what was found before can be kept: a digest of
 * this room's code and of the manifests of the grammars.
 */
export function syntaxVersion(): Promise<string> {
  version ??= digest();
  return version;
}

async function digest(): Promise<string> {
  const hash = createHash('sha256');
  const manifests = PACKAGES.map((name) => new URL('./package.json', import.meta.resolve(name)));
  for (const file of [
    ...manifests.map((url) => fileURLToPath(url)),
    ...(await codeOf(import.meta.dirname)),
  ]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function codeOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => /\.[jt]s$/.test(name) && !/\.test\.ts$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

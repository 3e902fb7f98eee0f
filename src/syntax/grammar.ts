import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Language as Grammar, Parser, Query } from 'web-tree-sitter';
import type { Language } from './language.ts';
import { c, cpp } from './rules/c.ts';
import { csharp } from './rules/csharp.ts';
import { go } from './rules/go.ts';
import { java } from './rules/java.ts';
import { javascript, tsx, typescript } from './rules/javascript.ts';
import { kotlin } from './rules/kotlin.ts';
import { php } from './rules/php.ts';
import { python } from './rules/python.ts';
import { ruby } from './rules/ruby.ts';
import type { Rules } from './rules/rules.ts';
import { rust } from './rules/rust.ts';
import { swift } from './rules/swift.ts';

const RULES: Readonly<Record<Language, Rules>> = {
  python,
  typescript,
  tsx,
  javascript,
  go,
  rust,
  java,
  kotlin,
  c,
  cpp,
  csharp,
  ruby,
  php,
  swift,
};

/** A language made ready: its grammar loaded, its query compiled. */
export interface LoadedLanguage {
  readonly grammar: Grammar;
  readonly query: Query;
  readonly rules: Rules;
}

const loaded = new Map<Language, Promise<LoadedLanguage>>();
let runtime: Promise<void> | undefined;

/** Loads a grammar at its first use and keeps it. */
export function load(language: Language): Promise<LoadedLanguage> {
  let entry = loaded.get(language);
  if (!entry) {
    entry = loadNow(RULES[language]);
    loaded.set(language, entry);
  }
  return entry;
}

async function loadNow(rules: Rules): Promise<LoadedLanguage> {
  runtime ??= Parser.init();
  await runtime;
  const binary = await readFile(grammarFile(rules.grammar));
  const grammar = await Grammar.load(rules.mend ? rules.mend(binary) : binary);
  return { grammar, query: new Query(grammar, rules.query), rules };
}

function grammarFile(grammar: string): string {
  const folder =
    grammar === 'kotlin' ? '@tree-sitter-grammars/tree-sitter-kotlin' : '@repomix/tree-sitter-wasms/out';
  return fileURLToPath(import.meta.resolve(`${folder}/tree-sitter-${grammar}.wasm`));
}

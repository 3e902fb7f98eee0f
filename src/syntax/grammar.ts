import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Language as Grammar, Parser, Query } from 'web-tree-sitter';
import type { Language } from './language.ts';
import { go } from './rules/go.ts';
import { javascript, tsx, typescript } from './rules/javascript.ts';
import { python } from './rules/python.ts';
import type { Rules } from './rules/rules.ts';

const RULES: Readonly<Record<Language, Rules>> = { python, typescript, tsx, javascript, go };

/** A language made ready: its grammar loaded, its query compiled. */
export interface LoadedLanguage {
  readonly parser: Parser;
  readonly query: Query;
  readonly rules: Rules;
}

const loaded = new Map<Language, Promise<LoadedLanguage>>();
let runtime: Promise<void> | undefined;

/** Loads a grammar at its first use; one parser serves a language, since parsing does not yield. */
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
  const grammar = await Grammar.load(await readFile(grammarFile(rules.grammar)));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return { parser, query: new Query(grammar, rules.query), rules };
}

function grammarFile(grammar: string): string {
  return fileURLToPath(import.meta.resolve(`@repomix/tree-sitter-wasms/out/tree-sitter-${grammar}.wasm`));
}

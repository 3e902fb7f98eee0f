import type { Command } from 'commander';
import { type FunctionListing, OPTIONAL_KINDS, openRepository } from '../repository/index.ts';
import { makePrivateFolder } from '../store/index.ts';
import { toCount } from './number.ts';
import { note, paint, print, printJson } from './output.ts';
import { count, plural } from './text.ts';

interface Flags {
  readonly commit?: string;
  readonly commits?: number;
  readonly since?: string;
  readonly language?: readonly string[];
  readonly include?: readonly (typeof OPTIONAL_KINDS)[number][];
  readonly cache: string;
  readonly json?: boolean;
}

export function registerFunctions(program: Command): void {
  program
    .command('functions')
    .description('the functions of a repository')
    .argument('<repository>', 'a folder, a git URL, or owner/name')
    .option('--commit <commit>', 'commit, branch or tag (default: HEAD)')
    .option('--commits <n>', 'this many commits, equally spaced since --since', toCount)
    .option('--since <date>', 'begin of the period for --commits')
    .option('--language <name...>', 'only functions of these languages')
    .addOption(
      program
        .createOption('--include <kind...>', 'take files too that are left out by default')
        .choices(OPTIONAL_KINDS),
    )
    .option('--cache <folder>', 'where clones and what was parsed are kept', '.sera/cache')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `
Examples:
  $ sera functions .
  $ sera functions pallets/flask --language python --json | head -3
  $ sera functions . --commits 5 --since 2024-01-01
  $ sera functions . --include tests generated`,
    )
    .action(listFunctions);
}

async function listFunctions(spec: string, flags: Flags): Promise<void> {
  const { commit, commits, since, cache, language, include } = flags;
  makePrivateFolder(cache);
  const repository = await openRepository(spec, { commit, commits, since, cache });
  for (const line of repository.notes) note(paint.err.yellow(line));
  const several = repository.commits.length > 1;
  for (const hash of repository.commits) {
    const options = { ...(language && { languages: language }), ...(include && { include }) };
    const listing = await repository.functions(hash, options);
    if (several && !flags.json) print(paint.out.bold(`commit ${hash}`));
    for (const fn of listing.functions) {
      const { id, file, name, startLine, endLine } = fn;
      const json = { id, file, name, language: fn.language, start_line: startLine, end_line: endLine };
      if (flags.json) printJson(several ? { ...json, commit: hash } : json);
      else print(`${file}:${startLine}-${endLine}  ${name}`);
    }
    for (const line of describe(listing)) note(line);
  }
}

/** How many in which language, and what was left out and why. */
function describe({ functions, leftOut }: FunctionListing): string[] {
  const byLanguage = Object.entries(Object.groupBy(functions, (fn) => fn.language))
    .map(([language, of]) => ({ language, found: of?.length ?? 0 }))
    .sort((a, b) => b.found - a.found)
    .map(({ language, found }) => `${count(found)} ${language}`);
  const reasons = Object.entries(leftOut).map(([reason, files]) => `${count(files)} ${reason}`);
  return [
    `${plural(functions.length, 'function')}${byLanguage.length > 0 ? `: ${byLanguage.join(', ')}` : ''}`,
    ...(reasons.length > 0 ? [`files left out: ${reasons.join(', ')}`] : []),
  ];
}

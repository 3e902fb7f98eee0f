import type { Command } from 'commander';
import {
  type FunctionListing,
  OPTIONAL_KINDS,
  openRepository,
  type RepositoryFunction,
} from '../repository/index.ts';
import { makePrivateFolder } from '../store/index.ts';
import { listenForInterrupt } from './interrupt.ts';
import { toCount } from './number.ts';
import { note, paint, print, printJson } from './output.ts';
import { count, plural, printable } from './text.ts';

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
  const interrupt = listenForInterrupt('stopping');
  try {
    const signal = interrupt.drain;
    const repository = await openRepository(spec, { commit, commits, since, cache, signal });
    for (const line of repository.notes) note(paint.err.yellow(line));
    const several = repository.commits.length > 1;
    for (const hash of repository.commits) {
      const options = { ...(language && { languages: language }), ...(include && { include }) };
      const listing = await repository.functions(hash, options);
      if (several && !flags.json) print(paint.out.bold(`commit ${hash}`));
      for (const fn of listing.functions) show(fn, several ? hash : undefined, flags.json ?? false);
      for (const line of describe(listing)) note(line);
    }
  } finally {
    interrupt.dispose();
  }
}

function show(fn: RepositoryFunction, commit: string | undefined, json: boolean): void {
  const { id, file, name, language, startLine, endLine } = fn;
  if (json) {
    const found = { id, file, name, language, start_line: startLine, end_line: endLine };
    printJson(commit === undefined ? found : { ...found, commit });
  } else {
    const place = `${file}:${startLine}${endLine > startLine ? `-${endLine}` : ''}`;
    print(`${paint.out.dim(printable(place))}  ${name}`);
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

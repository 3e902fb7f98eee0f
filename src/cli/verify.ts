import { open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { z } from 'zod';
import { UsageError } from '../error.ts';
import { lineRecall } from '../patch/index.ts';
import { printJson } from './output.ts';

const Pair = z.object({ target_patch: z.string(), produced_patch: z.string() });

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('recall of a produced patch against a target patch, over changed lines')
    .argument('[target]', 'the patch to be repeated')
    .argument('[produced]', 'the patch that was produced')
    .option(
      '--jsonl <file>',
      'many pairs: a JSON object a line with target_patch and produced_patch; - reads standard input',
    )
    .option('--json', 'accepted for uniformity; the answer is JSON anyway')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sera verify first.patch second.patch\n  {"matched":12,"total":16,"recall":0.75}\n  $ sera verify --jsonl pairs.jsonl',
    )
    .action(async (target: string | undefined, produced: string | undefined, options: { jsonl?: string }) => {
      if (options.jsonl !== undefined && target === undefined) return verifyLines(options.jsonl);
      if (options.jsonl !== undefined) throw new UsageError('give two patch files or --jsonl FILE, not both');
      if (target === undefined || produced === undefined) {
        throw new UsageError('two patch files are needed: sera verify TARGET.patch PRODUCED.patch');
      }
      printJson(lineRecall(await readText(target), await readText(produced)));
    });
}

async function verifyLines(path: string): Promise<void> {
  let number = 0;
  for await (const line of linesOf(path)) {
    number += 1;
    if (line.trim() === '') continue;
    const pair = readPair(line, `${path}:${number}`);
    printJson(lineRecall(pair.target_patch, pair.produced_patch));
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  try {
    const file = path === '-' ? undefined : await open(path);
    const input = file ? file.createReadStream({ encoding: 'utf8' }) : process.stdin;
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function readPair(line: string, where: string): z.infer<typeof Pair> {
  try {
    return Pair.parse(JSON.parse(line));
  } catch {
    throw new UsageError(`${where}: not a JSON object with the texts target_patch and produced_patch`);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'permission denied' }[
    code
  ];
  return new UsageError(`cannot read ${path}: ${why ?? code}`);
}

import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { print, printJson } from './output.ts';
import { openStore, STORE_OPTION } from './store.ts';
import { statusJson, summary } from './summary.ts';

interface Options {
  readonly store: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const WATCH_MS = 1_000;

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('how far a run is')
    .argument('<run>', 'name of the run')
    .option('--watch', 'show it again every second until the run rests')
    .option(...STORE_OPTION)
    .option('--json', 'one JSON document; with --watch one a line')
    .addHelpText('after', '\nExamples:\n  $ sera status flask\n  $ sera status flask --json | jq .tasks.done')
    .action(showStatus);
}

async function showStatus(run: string, options: Options): Promise<void> {
  await using store = await openStore(options);
  for (;;) {
    const status = await store.status(run);
    const repaint = Boolean(options.watch && !options.json && process.stdout.isTTY);
    if (repaint) process.stdout.write('\u001b[H\u001b[2J');
    if (options.json) printJson(statusJson(status));
    else for (const line of summary(status)) print(line);
    if (!options.watch || !status.active) return;
    await wait(WATCH_MS);
  }
}

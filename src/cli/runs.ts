import type { Command } from 'commander';
import { note, print, printJson } from './output.ts';
import { openStore, STORE_OPTION } from './store.ts';
import { statusJson } from './summary.ts';
import { dollars, table } from './text.ts';

export function registerRuns(program: Command): void {
  program
    .command('runs')
    .description('the runs of a store, the newest first')
    .option(...STORE_OPTION)
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample:\n  $ sera runs')
    .action(async (options: { store: string; json?: boolean }) => {
      await using store = await openStore(options);
      const runs = await store.runs();
      const statuses = await Promise.all(runs.map((run) => store.status(run.name)));
      if (options.json) {
        for (const status of statuses) printJson(statusJson(status));
        return;
      }
      if (runs.length === 0) return note('no runs yet: sera generate REPOSITORY makes one');
      const rows = runs.map((run, i) => {
        const status = statuses[i];
        const mean = status?.recall.mean;
        return [
          run.name,
          run.createdAt.toISOString().slice(0, 16).replace('T', ' '),
          status ? `${status.tasks.done}/${status.tasks.total}` : '',
          mean === null || mean === undefined ? '-' : mean.toFixed(3),
          status ? dollars(status.costUsd) : '',
          status?.active ? 'generating' : run.offline ? 'offline' : '',
        ];
      });
      for (const line of table([['run', 'created', 'done', 'recall', 'cost', ''], ...rows])) print(line);
    });
}

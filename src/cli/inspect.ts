import type { Command } from 'commander';
import {
  type Inspection,
  type InspectOptions,
  inspect,
  inspectionPage,
  openSource,
  type Source,
  writeText,
} from '../dataset/index.ts';
import { inspectionLines } from './inspection.ts';
import { toCount } from './number.ts';
import { note, print, printJson } from './output.ts';
import { cacheFolder, openStoreIfThere } from './places.ts';
import { Reading } from './reading.ts';

interface Flags {
  readonly tokenizer: string;
  readonly template?: string;
  readonly limit: number;
  readonly store: string;
  readonly html?: string;
  readonly samples: number;
  readonly json?: true;
}

export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('what is in a run, a data set or a folder of trajectories: tokens, steps, patches, recall')
    .argument('<source>', 'as sera curate takes it')
    .option('--tokenizer <place>', 'qwen3, a tokenizer.json, its folder, or OWNER/NAME on the Hub', 'qwen3')
    .option('--template <name>', 'chat template: qwen3, chatml, or a file in Jinja')
    .option('--limit <tokens>', 'the student’s context', toCount, 32_768)
    .option('--store <path>', 'the store of the runs', '.sera/sera.db')
    .option('--html <file>', 'one page with the same and samples to leaf through')
    .option('--samples <n>', 'samples in the page, from the first on', toCount, 50)
    .option('--json', 'the statistics as JSON on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sera inspect my-run\n  $ sera inspect sets/flask/train.jsonl --html flask.html',
    )
    .action(inspectSource);
}

async function inspectSource(name: string, flags: Flags): Promise<void> {
  const { tokenizer, template, limit, html } = flags;
  const { store, noStore } = await openStoreIfThere(flags.store);
  try {
    const cache = cacheFolder();
    const source = await openSource(name, { store, ...(noStore === undefined ? {} : { noStore }), cache });
    const words = template === undefined ? {} : { template };
    const previews = html === undefined ? 0 : flags.samples;
    const found = await measure(source, { tokenizer, ...words, limit, cache, previews });
    if (html !== undefined) {
      await writeText(html, inspectionPage(found));
      note(`the page is ${html}`);
    }
    if (flags.json) {
      const { previews: _, ...rest } = found;
      printJson(rest);
    } else for (const line of inspectionLines(found, process.stdout.columns ?? WIDE)) print(line);
  } finally {
    await store?.close();
  }
}

/** Columns where there is no terminal. */
const WIDE = 100;

async function measure(source: Source, options: InspectOptions): Promise<Inspection> {
  const reading = new Reading([source]);
  try {
    const { onBroken, onProgress } = reading;
    return await inspect(source, { ...options, onBroken, onProgress });
  } finally {
    reading.end();
  }
}

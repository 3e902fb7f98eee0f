import type { Command } from 'commander';
import {
  type Distribution,
  type Inspection,
  inspect,
  inspectionPage,
  openSource,
  writeText,
} from '../dataset/index.ts';
import { note, paint, print, printJson } from './output.ts';
import { cacheFolder, openStoreIfThere } from './places.ts';
import { readPositive } from './positive.ts';

interface Flags {
  readonly tokenizer: string;
  readonly template?: string;
  readonly limit: number;
  readonly store: string;
  readonly html?: string;
  readonly json?: true;
}

/** Samples that a page holds to leaf through. */
const PREVIEWS = 50;

export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('what is in a run, a data set or a folder of trajectories: tokens, steps, patches, recall')
    .argument('<source>', 'as sera curate takes it')
    .option('--tokenizer <place>', 'a tokenizer.json, its folder, or qwen3', 'qwen3')
    .option('--template <name>', 'chat template: qwen3, chatml, or a file in Jinja')
    .option('--limit <tokens>', 'the student’s context', readPositive, 32_768)
    .option('--store <path>', 'the store of the runs', '.sera/sera.db')
    .option('--html <file>', 'one page with the same and samples to leaf through')
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
    const previews = html === undefined ? 0 : PREVIEWS;
    const found = await inspect(source, { tokenizer, ...words, limit, cache, previews });
    if (html !== undefined) {
      await writeText(html, inspectionPage(found));
      note(`the page is ${html}`);
    }
    if (flags.json) {
      const { previews: _, ...rest } = found;
      printJson(rest);
    } else describe(found);
  } finally {
    await store?.close();
  }
}

function describe({ source, broken, statistics }: Inspection): void {
  print(`${paint.out.bold(source)}: ${statistics.samples} samples${broken > 0 ? `, ${broken} broken` : ''}`);
  for (const [field, spread] of Object.entries(statistics.numbers)) print(numberLine(field, spread));
  for (const [field, counts] of Object.entries({ ...statistics.categories, tools: statistics.tools })) {
    const most = Object.entries(counts).slice(0, 6);
    const rest = Object.keys(counts).length - most.length;
    const listed = most.map(([name, count]) => `${name} ${count}`).join(', ');
    if (most.length > 0) print(`  ${field.padEnd(12)} ${listed}${rest > 0 ? `, ${rest} more` : ''}`);
  }
}

const BARS = ' ▁▂▃▄▅▆▇█';

/** `tokens   ▂▄█▃▁  mean 21,000, median …`. */
function numberLine(field: string, { histogram, mean, median, p95, min, max }: Distribution): string {
  const highest = Math.max(...histogram);
  const bars = histogram.map(
    (count) => BARS[count === 0 ? 0 : Math.max(1, Math.round((count / highest) * 8))],
  );
  const told = { mean, median, '95 %': p95, min, max };
  const numbers = Object.entries(told).map(([name, value]) => `${name} ${rounded(value)}`);
  return `  ${field.padEnd(12)} ${paint.out.cyan(bars.join('').padEnd(10))}  ${numbers.join(', ')}`;
}

function rounded(value: number): string {
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 4 });
}

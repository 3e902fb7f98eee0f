import type { Command } from 'commander';
import { type PushProgress, pushDataset } from '../dataset/index.ts';
import { LiveLine } from './live.ts';
import { note, print, printJson } from './output.ts';
import { plural } from './text.ts';

interface Flags {
  readonly public: boolean;
  readonly hub?: string;
  readonly json?: true;
}

export function registerPush(program: Command): void {
  program
    .command('push')
    .description('a data set that sera curate wrote, to the Hugging Face Hub; private unless told otherwise')
    .argument('<folder>', 'the data set')
    .argument('<owner/name>', 'its name on the Hub')
    .option('--public', 'everyone may read it', false)
    .option('--hub <url>', 'another Hub than https://huggingface.co')
    .option('--json', 'address, files and bytes as JSON on standard output')
    .addHelpText(
      'after',
      `
The key comes from HF_TOKEN and must be one that may write. Pushed again, only what is new is sent.

Examples:
  $ HF_TOKEN=… sera push sets/flask my-team/flask
  $ HF_TOKEN=… sera push sets/flask my-team/flask --public`,
    )
    .action(push);
}

async function push(folder: string, name: string, flags: Flags): Promise<void> {
  let line = 'asking';
  const live = new LiveLine(() => line);
  try {
    const pushed = await pushDataset({
      folder,
      name,
      isPublic: flags.public,
      ...(flags.hub === undefined ? {} : { hubUrl: flags.hub }),
      onProgress: (progress) => {
        line = progressLine(progress);
      },
    });
    live.wipe();
    if (flags.json) return printJson(pushed);
    const whose = flags.public ? 'public' : 'private';
    note(`${plural(pushed.files, 'file')}, ${megabytes(pushed.bytes)}, ${whose}`);
    print(pushed.url);
  } finally {
    live.wipe();
  }
}

function progressLine({ doing, done, total }: PushProgress): string {
  if (doing === 'asking' || doing === 'committing') return doing;
  return `${doing} ${megabytes(done)} of ${megabytes(total)} · ${Math.floor((100 * done) / Math.max(1, total))} %`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;
}

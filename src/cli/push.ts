import type { Command } from 'commander';
import { pushDataset } from '../dataset/index.ts';
import { note, print, printJson } from './output.ts';

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
    .option('--json', 'the address as JSON on standard output')
    .addHelpText(
      'after',
      '\nThe key comes from HF_TOKEN.\n\nExample:\n  $ HF_TOKEN=… sera push sets/flask my-team/flask',
    )
    .action(async (folder: string, name: string, flags: Flags) => {
      const done = new Set<string>();
      const url = await pushDataset({
        folder,
        name,
        isPublic: flags.public,
        ...(flags.hub === undefined ? {} : { hubUrl: flags.hub }),
        onProgress: (path, share) => {
          if (share < 1 || done.has(path)) return;
          done.add(path);
          note(`sent ${path}`);
        },
      });
      if (flags.json) printJson({ url });
      else print(url);
    });
}

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { DatasetWriteError } from '../errors.ts';
import { SPLITS } from '../recipe/mix.ts';
import { histogramSvg } from '../statistics/svg.ts';
import { asWriteError } from '../write.ts';
import { writeFolderAside } from './aside.ts';
import { type Account, datasetCard } from './card.ts';
import { axolotlBlock, datasetInfo } from './trainers.ts';

/** The file by which a folder is known as a data set that was written here. */
export const ACCOUNT = 'sera.json';

/**
 * Lets `fill` write a folder that takes its place only when it is whole. A data set that was written here before is
 * replaced; any other folder with something in it is left alone.
 *
 * @throws DatasetWriteError the folder holds something else, or the disk does not take it
 */
export async function writeFolder<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  try {
    await refuseForeign(out);
    return await writeFolderAside(out, fill);
  } catch (error) {
    throw asWriteError(out, error);
  }
}

async function refuseForeign(out: string): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length > 0 && !names.includes(ACCOUNT)) {
    throw new DatasetWriteError(`${out} holds something that is no data set of sera: choose another --out`);
  }
}

/** Writes what stands beside the data: the card, the recipe, the account and what trainers want to read. */
export async function writeAccount(folder: string, account: Account): Promise<void> {
  const { name, recipe, splits, statistics } = account;
  const there = SPLITS.filter((split) => splits[split] !== undefined);
  await mkdir(join(folder, 'histograms'));
  const files: Record<string, string> = {
    'README.md': datasetCard(account),
    'recipe.yaml': stringify(recipe),
    'dataset_info.json': datasetInfo(name, recipe.format, there),
    'axolotl.yaml': axolotlBlock(recipe.format, there, recipe.limit),
    [ACCOUNT]: `${JSON.stringify(account, null, 2)}\n`,
  };
  for (const [field, distribution] of Object.entries(statistics.numbers)) {
    files[`histograms/${field}.svg`] = histogramSvg(field, distribution);
  }
  for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content);
}

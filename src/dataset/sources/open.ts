import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Store } from '../../store/index.ts';
import { SourceError } from '../errors.ts';
import { toCandidate } from '../export.ts';
import { finishedTasks } from '../stored.ts';
import { type FileRow, jsonlRows, parquetRows } from './files.ts';
import { fetchDataset } from './hub.ts';
import { readRow } from './row.ts';
import { readItem, type Source, type SourceItem } from './source.ts';
import { asTrajectory, findTrajectories, readTrajectories } from './trajectories.ts';

export interface SourceContext {
  /** The store for runs, where there is one. */
  readonly store: Store | undefined;
  /** Where data sets of the Hub are kept. */
  readonly cache: string;
}

/**
 * Finds what a name on the command line means: a file (`.jsonl`, `.parquet`, `.traj`, `.traj.json`), a folder of such
 * files, a run of the store, or a data set of the Hub as `owner/name`.
 *
 * @throws SourceError there is nothing of that name
 */
export async function openSource(name: string, context: SourceContext): Promise<Source> {
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return { name, read: await openFolder(name) };
  if (found) return { name, read: openFile(name) };
  const { store } = context;
  if (store && (await store.findRun(name))) return { name, read: () => readRun(store, name) };
  if (/^[\w.-]+\/[\w.-]+$/.test(name)) {
    const folder = await fetchDataset(name, context.cache);
    return { name, read: await openFolder(folder) };
  }
  const where = store ? ` and ${store.path} has no such run` : '';
  throw new SourceError(`${name}: there is no such file or folder${where}; sera runs lists the runs`);
}

type Read = Source['read'];

function openFile(path: string): Read {
  const trajectories = asTrajectory(path);
  if (trajectories.length > 0) return () => readTrajectories(trajectories);
  const extension = extname(path);
  if (extension === '.parquet') return () => readRows(path, parquetRows(path));
  if (extension === '.jsonl' || extension === '.json') return () => readRows(path, jsonlRows(path));
  throw new SourceError(
    `${path}: a source is a .jsonl, .parquet, .traj or .traj.json file, or a folder of them`,
  );
}

async function openFolder(folder: string): Promise<Read> {
  const trajectories = await findTrajectories(folder);
  if (trajectories.length > 0) return () => readTrajectories(trajectories);
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(jsonl|parquet)$/.test(name) && !/(^|\/)\./.test(name)).sort();
  // A data set written here holds the same samples in both forms.
  const parquet = files.filter((name) => name.endsWith('.parquet'));
  const chosen = parquet.length > 0 ? parquet : files;
  if (chosen.length === 0) {
    throw new SourceError(
      `${folder}: there are no .traj, .traj.json, .jsonl or .parquet files in this folder`,
    );
  }
  return async function* read() {
    for (const name of chosen) yield* openFile(join(folder, name))();
  };
}

async function* readRows(path: string, rows: AsyncIterable<FileRow>): AsyncGenerator<SourceItem> {
  try {
    for await (const row of rows) {
      const where = `${path}:${row.number}`;
      if ('error' in row) yield { kind: 'broken', where, why: row.error };
      else yield readItem(where, () => readRow(row.value, row.number));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    yield { kind: 'broken', where: path, why: why.split('\n')[0] ?? '' };
  }
}

async function* readRun(store: Store, name: string): AsyncGenerator<SourceItem> {
  for await (const task of finishedTasks(store, name)) {
    for (const [rollout, trajectory] of [[1, task.rolloutOne] as const, [2, task.rolloutTwo] as const]) {
      if (trajectory) yield { kind: 'candidate', candidate: toCandidate(task, rollout, trajectory) };
    }
  }
}

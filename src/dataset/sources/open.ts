import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Store } from '../../store/index.ts';
import { SourceError } from '../errors.ts';
import { ACCOUNT } from '../output/folder.ts';
import { type FileRow, jsonlRows, jsonRows } from './files.ts';
import { fetchDataset } from './hub.ts';
import { parquetRows } from './parquet-rows.ts';
import { linePortions, portionsOf, readPortion, taskPortions } from './portion.ts';
import { rowItem } from './row-item.ts';
import { broken, type Meter, type Source, type SourceItem } from './source.ts';
import { asTrajectory, findTrajectories, readTrajectories } from './trajectories.ts';

export interface SourceContext {
  /** The store for runs, where there is one. */
  readonly store: Store | undefined;
  /** Why there is none, for the person who named a run. */
  readonly noStore?: string;
  /** Where data sets of the Hub are kept. */
  readonly cache: string;
}

const KINDS = '.jsonl (also .gz, .zst), .json, .parquet, .traj or .traj.json';

/**
 * Finds what a name on the command line means: a file (`.jsonl`, `.jsonl.gz`, `.jsonl.zst`, `.json`, `.parquet`,
 * `.traj`, `.traj.json`), a folder of such files, a run of the store, or a data set of the Hub as `owner/name`.
 *
 * @throws SourceError there is nothing of that name
 * @throws HubError it may be one of the Hub, which cannot be reached
 */
export async function openSource(name: string, context: SourceContext): Promise<Source> {
  const meter: Meter = { done: 0, total: 0 };
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return { name, ...(await openFolder(name, meter)), meter };
  if (found) return { name, ...(await openFile(name, meter)), meter };
  const { store, cache, noStore = 'there is no store of runs' } = context;
  if (store && (await store.findRun(name))) return { name, ...openRun(store, name, meter), meter };
  if (isHubId(name)) return { name, ...(await openFolder(await fetchDataset(name, cache), meter)), meter };
  const runs = store ? `no run of that name in ${store.path} (sera runs lists them)` : noStore;
  throw new SourceError(`${name}: there is no such file or folder, and ${runs}`);
}

/** `owner/name`, and no path of a file that is not there. */
function isHubId(name: string): boolean {
  return /^\w[\w.-]*\/\w[\w.-]*$/.test(name) && rowsOf(name) === undefined && asTrajectory(name).length === 0;
}

type Reading = Pick<Source, 'read' | 'portions'>;

async function openFile(path: string, meter: Meter): Promise<Reading> {
  const trajectories = asTrajectory(path);
  if (trajectories.length > 0) return { read: () => readTrajectories(trajectories, meter) };
  const rows = rowsOf(path);
  if (!rows) throw new SourceError(`${path}: a source is a ${KINDS} file, or a folder of them`);
  meter.total += (await stat(path)).size;
  const read = () => readRows(path, rows(path, meter));
  return rows === jsonlRows ? { read, portions: () => linePortions(path, meter) } : { read };
}

type Rows = (path: string, meter: Meter) => AsyncIterable<FileRow>;

function rowsOf(path: string): Rows | undefined {
  if (/\.jsonl(\.gz|\.zst)?$/.test(path)) return jsonlRows;
  if (path.endsWith('.parquet')) return parquetRows;
  return path.endsWith('.json') ? jsonRows : undefined;
}

async function openFolder(folder: string, meter: Meter): Promise<Reading> {
  const trajectories = await findTrajectories(folder);
  if (trajectories.length > 0) return { read: () => readTrajectories(trajectories, meter) };
  const names = await readdir(folder, { recursive: true });
  const files = names.filter(
    (name) => /\.(jsonl(\.gz|\.zst)?|parquet)$/.test(name) && !/(^|\/)\./.test(name),
  );
  // A data set that was written here holds the same samples in both forms.
  const both = names.some((name) => basename(name) === ACCOUNT);
  const chosen = both ? files.filter((name) => name.endsWith('.parquet')) : files;
  if (chosen.length === 0)
    throw new SourceError(`${folder}: no .jsonl, .parquet, .traj or .traj.json file is in this folder`);
  const opened = await Promise.all(chosen.sort().map((name) => openFile(join(folder, name), meter)));
  return {
    async *read() {
      for (const each of opened) yield* each.read();
    },
    async *portions() {
      for (const each of opened) yield* portionsOf(each);
    },
  };
}

async function* readRows(path: string, rows: AsyncIterable<FileRow>): AsyncGenerator<SourceItem> {
  try {
    for await (const row of rows) yield await rowItem(row, path);
  } catch (error) {
    yield broken(path, error);
  }
}

/** Of a run only the number of tasks is known: both rollouts of one come to about this many bytes. */
const TASK = 300_000;

function openRun(store: Store, name: string, meter: Meter): Reading {
  const portions = async function* () {
    meter.total = (await store.tasks(name, ['done'])).length * TASK;
    for await (const portion of taskPortions(store, name)) {
      meter.done += TASK;
      yield portion;
    }
  };
  return {
    portions,
    async *read() {
      for await (const portion of portions()) yield* readPortion(portion);
    },
  };
}

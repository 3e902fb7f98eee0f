import type { Kysely } from 'kysely';
import type { Usage } from '../trajectory/index.ts';
import { isAlive } from './claim.ts';
import { TASK_STATUSES, type TaskStatus } from './records.ts';
import type { Tables } from './schema.ts';

export interface RunStatus {
  readonly run: string;
  readonly tasks: Readonly<Record<TaskStatus | 'total', number>>;
  /** Over done tasks that have a recall; ten equal bins, `r = 1` in the last. */
  readonly recall: { readonly mean: number | null; readonly histogram: readonly number[] };
  /** Why tasks were rejected or failed, with how many. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly tokens: Usage;
  readonly costUsd: number;
  /** Seconds of generation, over all sittings. */
  readonly seconds: number;
  readonly offline: boolean;
  /** True while a process generates this run. */
  readonly active: boolean;
}

export async function readStatus(db: Kysely<Tables>, run: string): Promise<RunStatus> {
  const row = await db.selectFrom('runs').selectAll().where('name', '=', run).executeTakeFirstOrThrow();
  const active = isAlive(row.owner, row.owner_seen_at, Date.now());
  return {
    run,
    tasks: await countTasks(db, run, active),
    recall: await summariseRecall(db, run),
    reasons: await countReasons(db, run),
    ...(await sumCalls(db, run)),
    seconds: row.worked_ms / 1000,
    offline: row.offline === 1,
    active,
  };
}

async function countTasks(db: Kysely<Tables>, run: string, active: boolean): Promise<RunStatus['tasks']> {
  const rows = await db
    .selectFrom('tasks')
    .select(['status', (e) => e.fn.countAll<number>().as('count')])
    .where('run', '=', run)
    .groupBy('status')
    .execute();
  const counts = Object.fromEntries(TASK_STATUSES.map((status) => [status, 0])) as Record<TaskStatus, number>;
  for (const { status, count } of rows) {
    // What a dead process left as running waits for the next one.
    const seen = status === 'running' && !active ? 'waiting' : (status as TaskStatus);
    counts[seen] += Number(count);
  }
  return { total: rows.reduce((sum, row) => sum + Number(row.count), 0), ...counts };
}

async function summariseRecall(db: Kysely<Tables>, run: string): Promise<RunStatus['recall']> {
  const rows = await db
    .selectFrom('tasks')
    .select(['matched', 'total'])
    .where('run', '=', run)
    .where('status', '=', 'done')
    .where('total', '>', 0)
    .execute();
  const values = rows.map((row) => Number(row.matched) / Number(row.total));
  const histogram = new Array<number>(10).fill(0);
  for (const value of values) {
    const bin = Math.min(9, Math.floor(value * 10));
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, histogram };
}

async function countReasons(db: Kysely<Tables>, run: string): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('tasks')
    .select(['reason', (e) => e.fn.countAll<number>().as('count')])
    .where('run', '=', run)
    .where('status', 'in', ['rejected', 'failed'])
    .groupBy('reason')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.reason ?? 'unknown', Number(row.count)]));
}

async function sumCalls(db: Kysely<Tables>, run: string): Promise<Pick<RunStatus, 'tokens' | 'costUsd'>> {
  const sums = await db
    .selectFrom('calls')
    .select((e) => [
      e.fn.sum<number | null>('input').as('input'),
      e.fn.sum<number | null>('cached').as('cached'),
      e.fn.sum<number | null>('output').as('output'),
      e.fn.sum<number | null>('cost_usd').as('cost'),
    ])
    .where('run', '=', run)
    .executeTakeFirstOrThrow();
  const tokens = {
    input: Number(sums.input ?? 0),
    cached: Number(sums.cached ?? 0),
    output: Number(sums.output ?? 0),
  };
  return { tokens, costUsd: Number(sums.cost ?? 0) };
}

import { existsSync } from 'node:fs';
import type { Kysely, Selectable, Transaction } from 'kysely';
import { openDatabase } from './database.ts';
import { asStoreError, RunBusyError, StoreError, UnknownRunError } from './errors.ts';
import { isAlive, newOwner } from './owner.ts';
import {
  type CallEntry,
  packRecord,
  type RunRecord,
  type StageRecord,
  type StoredStage,
  type TaskIdentity,
  type TaskRecord,
  type TaskStatus,
  unpackRecord,
} from './records.ts';
import type { RunsTable, Tables, TasksTable } from './schema.ts';
import { type RunStatus, readStatus } from './status.ts';

/** What the end of a stage changes about its task; what is left out stays as it was. */
export interface TaskChange {
  readonly status?: TaskStatus;
  readonly reason?: string | null;
  readonly attempts?: number;
  readonly topic?: string;
  /** Hash of the accepted patch: of the tasks that have the same, the earliest in the run keeps it. */
  readonly patchHash?: string;
  readonly recall?: { readonly matched: number; readonly total: number };
}

/** The right to generate a run, held by one process at a time. */
export interface Claim {
  readonly run: string;
  /** Says that the process lives and how long it worked since it last said so. */
  heartbeat(): Promise<void>;
  release(): Promise<void>;
}

/** Runs, tasks, finished stages and calls in one file. Many processes may read while one generates. */
export class Store {
  readonly path: string;
  readonly #db: Kysely<Tables>;

  private constructor(path: string, db: Kysely<Tables>) {
    this.path = path;
    this.#db = db;
  }

  /**
   * @param options.create make the file where it is missing; else a missing file is an error
   * @throws StoreError the file cannot be opened, or was written by a newer version
   */
  static async open(path: string, options: { readonly create: boolean }): Promise<Store> {
    if (!options.create && !existsSync(path)) {
      throw new StoreError(
        `there is no store at ${path}: start with sera generate, or name one with --store PATH`,
      );
    }
    try {
      return new Store(path, await openDatabase(path, options));
    } catch (error) {
      throw asStoreError(path, error);
    }
  }

  async close(): Promise<void> {
    await this.#db.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Adds a run; one of that name is left as it is. */
  addRun(run: Omit<RunRecord, 'createdAt'>): Promise<void> {
    return this.#guard(async () => {
      await this.#db
        .insertInto('runs')
        .values({
          name: run.name,
          created_at: Date.now(),
          config: JSON.stringify(run.config),
          offline: run.offline ? 1 : 0,
          owner: null,
          owner_seen_at: null,
          worked_ms: 0,
        })
        .onConflict((c) => c.doNothing())
        .execute();
    });
  }

  /** Replaces what a run is generated with (a larger count, another teacher). */
  updateRun(name: string, change: Pick<RunRecord, 'config' | 'offline'>): Promise<void> {
    return this.#guard(async () => {
      await this.#db
        .updateTable('runs')
        .set({ config: JSON.stringify(change.config), offline: change.offline ? 1 : 0 })
        .where('name', '=', name)
        .execute();
    });
  }

  /** All runs, the newest first. */
  runs(): Promise<RunRecord[]> {
    return this.#guard(async () => {
      const rows = await this.#db
        .selectFrom('runs')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('name')
        .execute();
      return rows.map(toRun);
    });
  }

  findRun(name: string): Promise<RunRecord | undefined> {
    return this.#guard(async () => {
      const row = await this.#db.selectFrom('runs').selectAll().where('name', '=', name).executeTakeFirst();
      return row && toRun(row);
    });
  }

  /** @throws UnknownRunError there is no run of that name */
  async run(name: string): Promise<RunRecord> {
    const run = await this.findRun(name);
    if (run) return run;
    const names = (await this.runs()).map((r) => r.name);
    const known = names.length === 0 ? 'it has no runs' : `it has ${names.slice(0, 5).join(', ')}`;
    throw new UnknownRunError(`no run ${name} in ${this.path}: ${known}`);
  }

  /** Adds tasks in their order; those that are there already keep everything they have. */
  addTasks(run: string, tasks: readonly TaskIdentity[]): Promise<void> {
    return this.#guard(() =>
      this.#db.transaction().execute(async (trx) => {
        for (const [ordinal, task] of tasks.entries()) {
          await trx
            .insertInto('tasks')
            .values(fromTask(run, ordinal, task))
            .onConflict((c) => c.columns(['run', 'id']).doNothing())
            .execute();
        }
      }),
    );
  }

  /** Tasks of a run in their order; only those of the given statuses where they are given. */
  tasks(run: string, statuses?: readonly TaskStatus[]): Promise<TaskRecord[]> {
    return this.#guard(async () => {
      let query = this.#db.selectFrom('tasks').selectAll().where('run', '=', run);
      if (statuses) query = query.where('status', 'in', [...statuses]);
      return (await query.orderBy('ordinal').orderBy('id').execute()).map(toTask);
    });
  }

  /** @throws UnknownRunError the run has no task whose id begins so, or several */
  task(run: string, idPrefix: string): Promise<TaskRecord> {
    return this.#guard(async () => {
      const rows = await this.#db
        .selectFrom('tasks')
        .selectAll()
        .where('run', '=', run)
        .where('id', '>=', idPrefix)
        .where('id', '<', `${idPrefix}\uffff`)
        .limit(2)
        .execute();
      const [row] = rows;
      if (!row) throw new UnknownRunError(`run ${run} has no task ${idPrefix}; sera show ${run} lists them`);
      if (rows.length > 1) throw new UnknownRunError(`several tasks of run ${run} begin with ${idPrefix}`);
      return toTask(row);
    });
  }

  /** The finished stages of a task, in the order in which they finished. */
  stages(run: string, task: string): Promise<StoredStage[]> {
    return this.#guard(async () => {
      const rows = await this.#db
        .selectFrom('stages')
        .select(['attempt', 'finished_at', 'record'])
        .where('run', '=', run)
        .where('task', '=', task)
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        attempt: row.attempt,
        finishedAt: new Date(row.finished_at),
        record: unpackRecord(row.record),
      }));
    });
  }

  /**
   * Writes a finished stage and what it changes about its task, in one transaction.
   *
   * @returns the task's status afterwards: `rejected` also where an earlier task has made the same patch
   */
  finishStage(
    run: string,
    task: string,
    attempt: number,
    record: StageRecord,
    change: TaskChange,
  ): Promise<TaskStatus> {
    return this.#guard(() =>
      this.#db.transaction().execute(async (trx) => {
        await trx
          .insertInto('stages')
          .values({
            run,
            task,
            attempt,
            stage: record.stage,
            finished_at: Date.now(),
            record: packRecord(record),
          })
          .execute();
        await changeTask(trx, run, task, change);
        if (change.patchHash !== undefined) await dropDuplicates(trx, run, change.patchHash);
        const { status } = await trx
          .selectFrom('tasks')
          .select('status')
          .where('run', '=', run)
          .where('id', '=', task)
          .executeTakeFirstOrThrow();
        return status as TaskStatus;
      }),
    );
  }

  /** Changes a task without a stage: it begins to run, it failed. A rejected one stays rejected. */
  changeTask(run: string, task: string, change: TaskChange): Promise<void> {
    return this.#guard(() => this.#db.transaction().execute((trx) => changeTask(trx, run, task, change)));
  }

  /** Writes down one paid answer, so that what was spent is known also after a crash. */
  addCall(run: string, call: CallEntry): Promise<void> {
    return this.#guard(async () => {
      await this.#db
        .insertInto('calls')
        .values({
          run,
          task: call.task,
          stage: call.stage,
          at: Date.now(),
          model: call.model,
          ...call.usage,
          cost_usd: call.costUsd,
          latency_ms: call.latencyMs,
        })
        .execute();
    });
  }

  /** What a task has cost so far, in US dollars, by stage. */
  costs(run: string, task: string): Promise<Record<string, number>> {
    return this.#guard(async () => {
      const rows = await this.#db
        .selectFrom('calls')
        .select(['stage', (e) => e.fn.sum<number>('cost_usd').as('cost')])
        .where('run', '=', run)
        .where('task', '=', task)
        .groupBy('stage')
        .execute();
      return Object.fromEntries(rows.map((row) => [row.stage, Number(row.cost)]));
    });
  }

  status(run: string): Promise<RunStatus> {
    return this.#guard(async () => {
      await this.run(run);
      return readStatus(this.#db, run);
    });
  }

  /**
   * Takes the right to generate a run; tasks that a dead process left as running wait again.
   *
   * @throws RunBusyError another process that lives has it
   */
  claim(run: string): Promise<Claim> {
    return this.#guard(() =>
      this.#db.transaction().execute(async (trx) => {
        const owner = newOwner();
        const row = await trx
          .selectFrom('runs')
          .select(['owner', 'owner_seen_at'])
          .where('name', '=', run)
          .executeTakeFirstOrThrow();
        if (isAlive(row.owner, row.owner_seen_at, Date.now())) {
          throw new RunBusyError(
            `run ${run} is being generated by another process; sera status ${run} --watch`,
          );
        }
        await trx
          .updateTable('runs')
          .set({ owner, owner_seen_at: Date.now() })
          .where('name', '=', run)
          .execute();
        await trx
          .updateTable('tasks')
          .set({ status: 'waiting' })
          .where('run', '=', run)
          .where('status', '=', 'running')
          .execute();
        return this.#holdClaim(run, owner);
      }),
    );
  }

  #holdClaim(run: string, owner: string): Claim {
    let last = Date.now();
    const say = async (next: string | null) => {
      const now = Date.now();
      const worked = now - last;
      last = now;
      await this.#db
        .updateTable('runs')
        .set((e) => ({ owner: next, owner_seen_at: now, worked_ms: e('worked_ms', '+', worked) }))
        .where('name', '=', run)
        .where('owner', '=', owner)
        .execute();
    };
    return {
      run,
      heartbeat: () => this.#guard(() => say(owner)),
      release: () => this.#guard(() => say(null)),
    };
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asStoreError(this.path, error);
    }
  }
}

async function changeTask(
  trx: Transaction<Tables>,
  run: string,
  task: string,
  change: TaskChange,
): Promise<void> {
  const set = {
    ...(change.status !== undefined && { status: change.status }),
    ...(change.reason !== undefined && { reason: change.reason }),
    ...(change.attempts !== undefined && { attempts: change.attempts }),
    ...(change.topic !== undefined && { topic: change.topic }),
    ...(change.patchHash !== undefined && { patch_hash: change.patchHash }),
    ...(change.recall !== undefined && { matched: change.recall.matched, total: change.recall.total }),
  };
  if (Object.keys(set).length === 0) return;
  await trx
    .updateTable('tasks')
    .set(set)
    .where('run', '=', run)
    .where('id', '=', task)
    .where('status', '!=', 'rejected') // a duplicate stays rejected whatever its walk still finishes
    .execute();
}

/**
 * Of the tasks that made the same patch the earliest in the run keeps it, whichever finished first: so the outcome
 * does not depend on timing.
 */
async function dropDuplicates(trx: Transaction<Tables>, run: string, patchHash: string): Promise<void> {
  const rows = await trx
    .selectFrom('tasks')
    .select('id')
    .where('run', '=', run)
    .where('patch_hash', '=', patchHash)
    .orderBy('ordinal')
    .execute();
  const later = rows.slice(1).map((row) => row.id);
  if (later.length === 0) return;
  await trx
    .updateTable('tasks')
    .set({ status: 'rejected', reason: 'duplicate patch', matched: null, total: null })
    .where('run', '=', run)
    .where('id', 'in', later)
    .execute();
}

function toRun(row: Selectable<RunsTable>): RunRecord {
  return {
    name: row.name,
    createdAt: new Date(row.created_at),
    config: JSON.parse(row.config) as Record<string, unknown>,
    offline: row.offline === 1,
  };
}

function fromTask(run: string, ordinal: number, task: TaskIdentity): Selectable<TasksTable> {
  return {
    run,
    id: task.id,
    ordinal,
    repository: task.repository,
    location: task.location,
    commit_hash: task.commit,
    function_id: task.function.id,
    file: task.function.file,
    function_name: task.function.name,
    language: task.function.language,
    start_line: task.function.startLine,
    end_line: task.function.endLine,
    replica: task.replica,
    status: 'waiting',
    attempts: 0,
    reason: null,
    topic: null,
    patch_hash: null,
    matched: null,
    total: null,
  };
}

function toTask(row: Selectable<TasksTable>): TaskRecord {
  const { matched, total } = row;
  return {
    id: row.id,
    ordinal: row.ordinal,
    repository: row.repository,
    location: row.location,
    commit: row.commit_hash,
    function: {
      id: row.function_id,
      file: row.file,
      name: row.function_name,
      language: row.language,
      startLine: row.start_line,
      endLine: row.end_line,
    },
    replica: row.replica,
    status: row.status as TaskStatus,
    attempts: row.attempts,
    reason: row.reason,
    topic: row.topic,
    recall:
      matched === null || total === null
        ? null
        : { matched, total, recall: total === 0 ? null : matched / total },
  };
}

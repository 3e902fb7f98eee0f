import { existsSync } from 'node:fs';
import type { Kysely } from 'kysely';
import { changeTask, dropDuplicates, type TaskChange } from './change.ts';
import { type Claim, takeClaim } from './claim.ts';
import { openDatabase } from './database.ts';
import { asStoreError, StoreError, UnknownRunError } from './errors.ts';
import {
  type CallEntry,
  type PackedStage,
  packRecord,
  type RunRecord,
  type StageRecord,
  type StoredStage,
  type TaskIdentity,
  type TaskRecord,
  type TaskStatus,
  unpackStage,
} from './records.ts';
import { fromTask, toRun, toTask } from './rows.ts';
import type { Tables } from './schema.ts';
import { type RunStatus, readStatus } from './status.ts';

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
  async stages(run: string, task: string): Promise<StoredStage[]> {
    return (await this.packedStages(run, task)).map(unpackStage);
  }

  /** The same, unread: see `unpackStage`. */
  packedStages(run: string, task: string): Promise<PackedStage[]> {
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
        packed: row.record,
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
    return this.#guard(async () => {
      const claim = await takeClaim(this.#db, run);
      return {
        heartbeat: () => this.#guard(claim.heartbeat),
        release: () => this.#guard(claim.release),
      };
    });
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw asStoreError(this.path, error);
    }
  }
}

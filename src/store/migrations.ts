import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { StoreError } from './errors.ts';

/** Every schema there ever was, oldest first. A published entry never changes; a new one goes to the end. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-runs': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('runs')
        .addColumn('name', 'text', (c) => c.primaryKey())
        .addColumn('created_at', 'bigint', (c) => c.notNull())
        .addColumn('config', 'text', (c) => c.notNull())
        .addColumn('offline', 'integer', (c) => c.notNull())
        .addColumn('owner', 'text')
        .addColumn('owner_seen_at', 'bigint')
        .addColumn('worked_ms', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('tasks')
        .addColumn('run', 'text', (c) => c.notNull().references('runs.name').onDelete('cascade'))
        .addColumn('id', 'text', (c) => c.notNull())
        .addColumn('ordinal', 'integer', (c) => c.notNull())
        .addColumn('repository', 'text', (c) => c.notNull())
        .addColumn('location', 'text', (c) => c.notNull())
        .addColumn('commit_hash', 'text', (c) => c.notNull())
        .addColumn('function_id', 'text', (c) => c.notNull())
        .addColumn('file', 'text', (c) => c.notNull())
        .addColumn('function_name', 'text', (c) => c.notNull())
        .addColumn('language', 'text', (c) => c.notNull())
        .addColumn('start_line', 'integer', (c) => c.notNull())
        .addColumn('end_line', 'integer', (c) => c.notNull())
        .addColumn('replica', 'integer', (c) => c.notNull())
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('attempts', 'integer', (c) => c.notNull())
        .addColumn('reason', 'text')
        .addColumn('topic', 'text')
        .addColumn('patch_hash', 'text')
        .addColumn('matched', 'integer')
        .addColumn('total', 'integer')
        .addPrimaryKeyConstraint('tasks_key', ['run', 'id'])
        .execute();
      await db.schema.createIndex('tasks_order').on('tasks').columns(['run', 'ordinal']).execute();
      await db.schema.createIndex('tasks_patch').on('tasks').columns(['run', 'patch_hash']).execute();
      await db.schema
        .createTable('stages')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('run', 'text', (c) => c.notNull())
        .addColumn('task', 'text', (c) => c.notNull())
        .addColumn('attempt', 'integer', (c) => c.notNull())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('finished_at', 'bigint', (c) => c.notNull())
        .addColumn('record', sql`blob`, (c) => c.notNull())
        .addUniqueConstraint('stages_once', ['run', 'task', 'attempt', 'stage'])
        .addForeignKeyConstraint('stages_task', ['run', 'task'], 'tasks', ['run', 'id'], (c) =>
          c.onDelete('cascade'),
        )
        .execute();
      await db.schema
        .createTable('calls')
        .addColumn('id', 'integer', (c) => c.primaryKey().autoIncrement())
        .addColumn('run', 'text', (c) => c.notNull().references('runs.name').onDelete('cascade'))
        .addColumn('task', 'text', (c) => c.notNull())
        .addColumn('stage', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('model', 'text', (c) => c.notNull())
        .addColumn('input', 'bigint', (c) => c.notNull())
        .addColumn('cached', 'bigint', (c) => c.notNull())
        .addColumn('output', 'bigint', (c) => c.notNull())
        .addColumn('cost_usd', 'double precision', (c) => c.notNull())
        .addColumn('latency_ms', 'double precision', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('calls_task').on('calls').columns(['run', 'task']).execute();
    },
  },
};

/**
 * Brings the schema up to this version.
 *
 * @throws StoreError the file was written by a newer version of this program
 */
export async function migrate<T>(db: Kysely<T>, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } });
  const known = new Set(Object.keys(MIGRATIONS));
  const applied = await appliedMigrations(db);
  if (applied.some((name) => !known.has(name))) {
    throw new StoreError(
      `${path} was written by a newer sera: update sera, or choose another file with --store`,
    );
  }
  if (applied.length === known.size) return;
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

async function appliedMigrations<T>(db: Kysely<T>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
  return rows.map((row) => row.name);
}

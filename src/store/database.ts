import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { StoreError } from './errors.ts';
import { migrate } from './migrations.ts';
import type { Tables } from './schema.ts';

/**
 * Opens the SQLite file, made where it is missing, readable by its owner alone.
 *
 * Write-ahead logging lets other processes read while one generates. `synchronous = normal` keeps every
 * transaction through a killed process; only a power cut may take the last moments, never the file.
 */
export async function openDatabase(
  path: string,
  options: { readonly create: boolean },
): Promise<Kysely<Tables>> {
  if (options.create) createPrivately(path);
  const file = new DatabaseSync(path, { timeout: 20_000, enableForeignKeyConstraints: true });
  file.exec('pragma journal_mode = wal; pragma synchronous = normal;');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asDriver(file) }) });
  await migrate(db, path);
  return db;
}

/** Makes a folder of this program's own where it is missing: for its owner alone, and nothing for git to see. */
export function makePrivateFolder(path: string): void {
  const made = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (made !== undefined) writeFileSync(join(path, '.gitignore'), '*\n');
}

function createPrivately(path: string): void {
  try {
    makePrivateFolder(dirname(path));
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const cause: Record<string, string> = {
      EACCES: 'its folder cannot be written to',
      EROFS: 'its disk is read-only',
      ENOSPC: 'the disk is full',
      EISDIR: 'it is a folder',
      ENOTDIR: 'a part of the path is a file',
    };
    throw new StoreError(`store ${path}: ${cause[code] ?? code}; choose another place with --store PATH`);
  }
}

/** The face that Kysely's SQLite dialect expects, over Node's own SQLite. */
function asDriver(file: DatabaseSync) {
  return {
    close: () => file.close(),
    prepare(sql: string) {
      // A full disk ends the transaction by itself; a second end would hide what happened.
      const needless = sql === 'rollback' && !file.isTransaction;
      const statement = file.prepare(needless ? 'select 1' : sql);
      const inputs = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...inputs(parameters)),
        run: (parameters: readonly unknown[]) => statement.run(...inputs(parameters)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...inputs(parameters)),
      };
    },
  };
}

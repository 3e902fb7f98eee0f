import { createHash, type Hash } from 'node:crypto';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Portion } from './sources/portion.ts';
import type { Jobs } from './threads/jobs.ts';
import { makeFolder } from './write.ts';

type Measured = Jobs['measure']['answer'];

/** Days after which what nobody asked for is forgotten. */
const KEPT_DAYS = 90;
const DAY = 86_400_000;

/**
 * What was measured of portions before, kept in a file: the same bytes, measured in the same way by the same code, are
 * not read again. It is only a saving of time: where the file cannot be used, everything is measured anew.
 */
export class MeasuredStore {
  readonly #database: DatabaseSync | undefined;
  readonly #way: string;

  /**
   * @param path a file of this class alone; one that is damaged is begun anew
   * @param way all that a measurement hangs on beside the bytes and the code: tokenizer, template, limit
   */
  static async open(path: string, way: unknown): Promise<MeasuredStore> {
    await makeFolder(dirname(path)).catch(() => {}); // then there is no database either, and all is measured
    const database = openDatabase(path) ?? openDatabase(path, { anew: true });
    return new MeasuredStore(database, JSON.stringify([way, codeHash()]));
  }

  private constructor(database: DatabaseSync | undefined, way: string) {
    this.#database = database;
    this.#way = way;
  }

  /** What a portion is known by here. */
  keyOf(portion: Portion): Uint8Array {
    const hash = createHash('sha256').update(this.#way);
    addPortion(hash, portion);
    return hash.digest();
  }

  get(key: Uint8Array): Measured | undefined {
    return this.#try((database) => {
      const row = database.prepare('select answer from measured where key = ?').get(key);
      // Only `set` writes this column.
      return row === undefined ? undefined : (JSON.parse(String(row.answer)) as Measured);
    });
  }

  set(key: Uint8Array, answer: Measured): void {
    this.#try((database) => {
      const sql = 'insert or replace into measured (key, answer, day) values (?, ?, ?)';
      database.prepare(sql).run(key, JSON.stringify(answer), today());
    });
  }

  close(): void {
    this.#try((database) => database.close());
  }

  #try<T>(work: (database: DatabaseSync) => T): T | undefined {
    try {
      return this.#database && work(this.#database);
    } catch {
      return undefined; // another process holds it, the disk is full
    }
  }
}

function openDatabase(path: string, { anew = false } = {}): DatabaseSync | undefined {
  try {
    if (anew) for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
    const database = new DatabaseSync(path, { timeout: 1_000 });
    database.exec('pragma journal_mode = wal; pragma synchronous = off;');
    database.exec(
      'create table if not exists measured (key blob primary key, answer text, day integer) without rowid',
    );
    database.prepare('delete from measured where day < ?').run(today() - KEPT_DAYS);
    return database;
  } catch {
    return undefined;
  }
}

function today(): number {
  return Math.floor(Date.now() / DAY);
}

/** Lengths stand before what is of any length, so that no two portions are the same bytes in a row. */
function addPortion(hash: Hash, portion: Portion): void {
  const add = (bytes: Uint8Array) => hash.update(`${bytes.length}:`).update(bytes);
  switch (portion.kind) {
    case 'lines':
      hash.update(JSON.stringify([portion.kind, portion.path, portion.first]));
      add(portion.bytes);
      break;
    case 'task':
      hash.update(JSON.stringify([portion.kind, portion.task, portion.offline]));
      for (const { packed, ...stage } of portion.stages) {
        hash.update(JSON.stringify(stage));
        add(packed);
      }
      break;
    case 'items':
      hash.update(portion.kind);
      add(portion.packed);
  }
}

/** The rooms whose code says what is measured. */
const ROOMS = ['dataset', 'patch', 'trajectory', 'agent', 'store'];

/** Tells one version of this program from another, also while it is being written. */
function codeHash(): string {
  const root = join(import.meta.dirname, '..');
  const hash = createHash('sha256').update(readFileSync(join(root, '../package.json')));
  for (const room of ROOMS) {
    for (const name of globSync('**/*.{ts,js}', { cwd: join(root, room) }).sort()) {
      if (!/\.test\.ts$/.test(name)) hash.update(readFileSync(join(root, room, name)));
    }
  }
  return hash.digest('hex');
}

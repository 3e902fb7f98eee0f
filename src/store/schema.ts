import type { Generated } from 'kysely';

/** The tables. Times are milliseconds since 1970; booleans are 0 or 1; records are zstd-compressed JSON. */
export interface Tables {
  runs: RunsTable;
  tasks: TasksTable;
  stages: StagesTable;
  calls: CallsTable;
}

export interface RunsTable {
  name: string;
  created_at: number;
  /** The resolved configuration, as JSON without any key. */
  config: string;
  /** 1 where the offline teacher made the data. */
  offline: number;
  /** Who generates now; null where nobody does. */
  owner: string | null;
  owner_seen_at: number | null;
  /** Milliseconds of generation of all finished sittings. */
  worked_ms: number;
}

export interface TasksTable {
  run: string;
  id: string;
  /** Place in the run's order; where two tasks make the same patch the earlier one keeps it. */
  ordinal: number;
  repository: string;
  location: string;
  commit_hash: string;
  function_id: string;
  file: string;
  function_name: string;
  language: string;
  start_line: number;
  end_line: number;
  replica: number;
  status: string;
  /** Attempts begun, from 0 to 3. */
  attempts: number;
  /** Why it was rejected or failed. */
  reason: string | null;
  topic: string | null;
  patch_hash: string | null;
  matched: number | null;
  total: number | null;
}

export interface StagesTable {
  id: Generated<number>;
  run: string;
  task: string;
  attempt: number;
  stage: string;
  finished_at: number;
  record: Uint8Array;
}

export interface CallsTable {
  id: Generated<number>;
  run: string;
  task: string;
  stage: string;
  at: number;
  model: string;
  input: number;
  cached: number;
  output: number;
  cost_usd: number;
  latency_ms: number;
}

import type { Selectable } from 'kysely';
import type { RunRecord, TaskIdentity, TaskRecord, TaskStatus } from './records.ts';
import type { RunsTable, TasksTable } from './schema.ts';

export function toRun(row: Selectable<RunsTable>): RunRecord {
  return {
    name: row.name,
    createdAt: new Date(row.created_at),
    config: JSON.parse(row.config) as Record<string, unknown>,
    offline: row.offline === 1,
  };
}

export function fromTask(run: string, ordinal: number, task: TaskIdentity): Selectable<TasksTable> {
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

export function toTask(row: Selectable<TasksTable>): TaskRecord {
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

export type { TaskChange } from './change.ts';
export { type Claim, HEARTBEAT_MS } from './claim.ts';
export { makePrivateFolder } from './database.ts';
export { RunBusyError, StoreError, UnknownRunError } from './errors.ts';
export {
  type CallEntry,
  type PackedStage,
  type RunRecord,
  STAGES,
  type StageName,
  type StageOf,
  type StageRecord,
  type StoredStage,
  type TaskIdentity,
  type TaskRecord,
  type TaskStatus,
  unpackStage,
} from './records.ts';
export type { RunStatus } from './status.ts';
export { Store } from './store.ts';

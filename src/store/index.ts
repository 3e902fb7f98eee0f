export { RunBusyError, StoreError, UnknownRunError } from './errors.ts';
export { HEARTBEAT_MS } from './owner.ts';
export {
  type CallEntry,
  type RunRecord,
  STAGES,
  type StageName,
  type StageOf,
  type StageRecord,
  type StoredStage,
  type TaskIdentity,
  type TaskRecord,
  type TaskStatus,
} from './records.ts';
export type { RunStatus } from './status.ts';
export { type Claim, Store, type TaskChange } from './store.ts';

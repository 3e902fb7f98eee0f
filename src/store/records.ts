import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Recall } from '../patch/index.ts';
import type { Exchange, Trajectory, Usage } from '../trajectory/index.ts';

/** A run as it was started; `config` is the resolved configuration, without any key. */
export interface RunRecord {
  readonly name: string;
  readonly createdAt: Date;
  readonly config: Readonly<Record<string, unknown>>;
  /** True where the offline teacher made the data: never for training. */
  readonly offline: boolean;
}

/** One unit of work: a function of a repository at a commit, and which pass over it this is. */
export interface TaskIdentity {
  /** Hash of repository, commit, function, replica and seed. */
  readonly id: string;
  readonly repository: string;
  readonly location: string;
  readonly commit: string;
  readonly function: {
    readonly id: string;
    readonly file: string;
    readonly name: string;
    readonly language: string;
    readonly startLine: number;
    readonly endLine: number;
  };
  /** 0 for the first pass over the function, 1 for the next, … */
  readonly replica: number;
}

export const TASK_STATUSES = ['waiting', 'running', 'done', 'rejected', 'failed'] as const;
/** `failed` tasks are taken up again when the run is started again; `rejected` ones are not. */
export type TaskStatus = (typeof TASK_STATUSES)[number];

export interface TaskRecord extends TaskIdentity {
  readonly ordinal: number;
  readonly status: TaskStatus;
  /** Attempts begun, from 0 to 3. */
  readonly attempts: number;
  readonly reason: string | null;
  readonly topic: string | null;
  readonly recall: Recall | null;
}

export const STAGES = [
  'first-rollout',
  'self-review',
  'pull-request',
  'second-rollout',
  'verification',
] as const;
export type StageName = (typeof STAGES)[number];

/** What a finished stage leaves behind, complete and raw. */
export type StageRecord =
  | {
      readonly stage: 'first-rollout';
      readonly topic: string;
      readonly instruction: string;
      readonly trajectory: Trajectory;
    }
  | { readonly stage: 'self-review'; readonly accepted: boolean; readonly exchange: Exchange | null }
  | { readonly stage: 'pull-request'; readonly text: string; readonly exchange: Exchange }
  | { readonly stage: 'second-rollout'; readonly trajectory: Trajectory }
  | { readonly stage: 'verification'; readonly recall: Recall };

export type StageOf<Name extends StageName> = Extract<StageRecord, { stage: Name }>;

/** A finished stage with the attempt (from 1) that it belongs to. */
export interface StoredStage {
  readonly attempt: number;
  readonly finishedAt: Date;
  readonly record: StageRecord;
}

/** A finished stage as it lies in the store: it can be sent to another thread, or compared, without being read. */
export interface PackedStage extends Omit<StoredStage, 'record'> {
  readonly packed: Uint8Array;
}

export function unpackStage({ packed, ...stage }: PackedStage): StoredStage {
  return { ...stage, record: unpackRecord(packed) };
}

/** One paid answer, written down the moment it came. */
export interface CallEntry {
  readonly task: string;
  readonly stage: StageName;
  readonly model: string;
  readonly usage: Usage;
  readonly costUsd: number;
  readonly latencyMs: number;
}

export function packRecord(record: StageRecord): Uint8Array {
  return zstdCompressSync(JSON.stringify(record));
}

export function unpackRecord(bytes: Uint8Array): StageRecord {
  // Only `packRecord` writes this column, inside the transaction that names the stage beside it.
  return JSON.parse(zstdDecompressSync(bytes).toString('utf8')) as StageRecord;
}

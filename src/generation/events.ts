import type { SandboxKind } from '../sandbox/index.ts';
import type { StageName, TaskRecord } from '../store/index.ts';
import type { Usage } from '../trajectory/index.ts';

/** What happens in a run, for progress, logs and tests. */
export type GenerationEvent =
  | {
      readonly type: 'planned';
      readonly run: string;
      /** Functions found in all repositories. */
      readonly functions: number;
      readonly total: number;
      /** Tasks that are not settled yet. */
      readonly open: number;
      readonly sandboxes: readonly SandboxKind[];
      readonly notes: readonly string[];
    }
  | {
      readonly type: 'stage-began';
      readonly task: string;
      readonly stage: StageName;
      readonly attempt: number;
    }
  | { readonly type: 'stage-ended'; readonly task: string; readonly stage: StageName }
  | { readonly type: 'answered'; readonly task: string; readonly usage: Usage; readonly costUsd: number }
  | { readonly type: 'task-ended'; readonly task: TaskRecord };

export type Listener = (event: GenerationEvent) => void;

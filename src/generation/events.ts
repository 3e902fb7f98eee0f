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
      /** Which sandboxes are used and how, one line each. */
      readonly sandboxes: readonly string[];
      /** US dollars that a pair is expected to cost; 0 where that is not known. */
      readonly pairCostUsd: number;
    }
  /** Something that a person may want to know: a dirty work tree, an endpoint that was set aside. */
  | { readonly type: 'noted'; readonly text: string }
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

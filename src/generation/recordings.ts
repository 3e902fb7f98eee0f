import type { StageName, StageRecord, Store } from '../store/index.ts';
import type { Exchange } from '../trajectory/index.ts';

/** What was said in one stage, in the form that the `replay` teacher reads. */
export interface Recording extends Exchange {
  /** Names the conversation; a run of the same tasks opens it under the same key. */
  readonly key: string;
}

/** The key of the conversation that a stage holds. */
export function conversationKey(task: string, attempt: number, stage: StageName): string {
  return `${task}/${attempt}/${stage}`;
}

/**
 * Every conversation of a run's finished stages, those of rejected attempts among them, in the order of its tasks: with
 * them the same run can be made again without a model.
 */
export async function* recordings(store: Store, run: string): AsyncGenerator<Recording> {
  for (const task of await store.tasks(run)) {
    for (const { attempt, record } of await store.stages(run, task.id)) {
      const exchange = exchangeOf(record);
      if (!exchange) continue;
      const { messages, calls } = exchange;
      yield { key: conversationKey(task.id, attempt, record.stage), messages, calls };
    }
  }
}

function exchangeOf(record: StageRecord): Exchange | null {
  if (record.stage === 'verification') return null;
  return 'trajectory' in record ? record.trajectory : record.exchange;
}

import type { StageName, StageOf, Store, StoredStage, TaskRecord } from '../store/index.ts';
import type { Trajectory } from '../trajectory/index.ts';
import type { FinishedTask } from './export.ts';

/**
 * The finished tasks of a run, one after the other in the run's order, so that memory does not grow with the run.
 *
 * @throws UnknownRunError there is no run of that name
 */
export async function* finishedTasks(store: Store, runName: string): AsyncGenerator<FinishedTask> {
  const run = await store.run(runName);
  for (const task of await store.tasks(run.name, ['done'])) {
    yield finishedTask(task, await store.stages(run.name, task.id), run.offline);
  }
}

/** What the stages of a task left behind; `offline` where the whole run is the offline teacher's. */
export function finishedTask(
  task: TaskRecord,
  stages: readonly StoredStage[],
  offline: boolean,
): FinishedTask {
  const first = last(stages, 'first-rollout');
  const second = last(stages, 'second-rollout');
  return {
    id: task.id,
    repository: task.repository,
    commit: task.commit,
    function: task.function.id,
    file: task.function.file,
    language: task.function.language,
    topic: first?.topic ?? task.topic ?? '',
    offline: offline || [first, second].some((stage) => stage && wasPlayed(stage.trajectory)),
    pullRequest: last(stages, 'pull-request')?.text ?? null,
    rolloutOne: first?.trajectory ?? null,
    rolloutTwo: second?.trajectory ?? null,
    recall: last(stages, 'verification')?.recall ?? task.recall,
  };
}

/** A run that went on with a model keeps what the offline teacher had made before. */
function wasPlayed({ calls }: Trajectory): boolean {
  return calls.some(({ model }) => model === 'offline');
}

/** The accepted attempt is the last one that was begun. */
function last<Name extends StageName>(stages: readonly StoredStage[], name: Name): StageOf<Name> | undefined {
  const found = stages.findLast((stage) => stage.record.stage === name)?.record;
  return found as StageOf<Name> | undefined;
}

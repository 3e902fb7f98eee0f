import type { StageName, StageOf, Store, StoredStage, TaskRecord } from '../store/index.ts';
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

function finishedTask(task: TaskRecord, stages: readonly StoredStage[], offline: boolean): FinishedTask {
  const first = last(stages, 'first-rollout');
  return {
    id: task.id,
    repository: task.repository,
    commit: task.commit,
    function: task.function.id,
    file: task.function.file,
    language: task.function.language,
    topic: first?.topic ?? task.topic ?? '',
    offline,
    pullRequest: last(stages, 'pull-request')?.text ?? null,
    rolloutOne: first?.trajectory ?? null,
    rolloutTwo: last(stages, 'second-rollout')?.trajectory ?? null,
    recall: last(stages, 'verification')?.recall ?? task.recall,
  };
}

/** The accepted attempt is the last one that was begun. */
function last<Name extends StageName>(stages: readonly StoredStage[], name: Name): StageOf<Name> | undefined {
  const found = stages.findLast((stage) => stage.record.stage === name)?.record;
  return found as StageOf<Name> | undefined;
}

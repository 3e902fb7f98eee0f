import type { StageName, StageOf, Store, TaskRecord } from '../store/index.ts';
import type { Trajectory } from '../trajectory/index.ts';

/** A task with what its last attempt has left so far. */
export interface TaskStory {
  readonly task: TaskRecord;
  readonly first?: StageOf<'first-rollout'> | undefined;
  readonly request?: StageOf<'pull-request'> | undefined;
  readonly second?: StageOf<'second-rollout'> | undefined;
  /** US dollars by stage, over all attempts. */
  readonly costs: Readonly<Record<string, number>>;
}

export async function gatherTask(store: Store, run: string, task: TaskRecord): Promise<TaskStory> {
  const stages = await store.stages(run, task.id);
  const last = stages.filter(({ attempt }) => attempt === task.attempts).map(({ record }) => record);
  const find = <Name extends StageName>(name: Name) =>
    last.find((record): record is StageOf<Name> => record.stage === name);
  return {
    task,
    first: find('first-rollout'),
    request: find('pull-request'),
    second: find('second-rollout'),
    costs: await store.costs(run, task.id),
  };
}

/** The shape that scripts rely on. */
export function taskJson({ task, first, request, second, costs }: TaskStory): Record<string, unknown> {
  const { id, repository, commit, status, attempts, topic, reason, recall } = task;
  return {
    id,
    repository,
    commit,
    function: task.function.id,
    file: task.function.file,
    language: task.function.language,
    replica: task.replica,
    topic,
    status,
    reason,
    attempts,
    rollout_one: first ? rolloutJson(first.trajectory, costs['first-rollout']) : null,
    pull_request: request?.text ?? null,
    rollout_two: second ? rolloutJson(second.trajectory, costs['second-rollout']) : null,
    recall,
    cost_usd: Object.values(costs).reduce((sum, cost) => sum + cost, 0),
  };
}

function rolloutJson({ patch, exitStatus, steps, messages }: Trajectory, cost = 0): Record<string, unknown> {
  return { patch, exit_status: exitStatus, steps, messages, cost_usd: cost };
}

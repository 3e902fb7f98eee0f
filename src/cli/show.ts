import type { Command } from 'commander';
import { matchLines } from '../patch/index.ts';
import type { Store, TaskRecord } from '../store/index.ts';
import { paint, print, printJson } from './output.ts';
import { openStore, STORE_OPTION } from './store.ts';
import { gatherTask, type TaskStory, taskJson } from './task-story.ts';
import { dollars, table } from './text.ts';

interface Options {
  readonly store: string;
  readonly json?: boolean;
}

export function registerShow(program: Command): void {
  program
    .command('show')
    .description('the tasks of a run, or one task with both patches, its pull request, recall and costs')
    .argument('<run>', 'name of the run')
    .argument('[task]', "the task's id, or its beginning")
    .option(...STORE_OPTION)
    .option('--json', 'one JSON document; without a task one object a line')
    .addHelpText(
      'after',
      '\nExamples:\n  $ sera show flask\n  $ sera show flask 3fa2\n  $ sera show flask --json | jq -r .status',
    )
    .action(async (run: string, task: string | undefined, options: Options) => {
      await using store = await openStore(options);
      await store.run(run);
      if (task === undefined) return await showTasks(store, run, options);
      const story = await gatherTask(store, run, await store.task(run, task));
      if (options.json) return printJson(taskJson(story));
      for (const line of tell(story)) print(line);
    });
}

async function showTasks(store: Store, run: string, options: Options): Promise<void> {
  const tasks = await store.tasks(run);
  if (options.json) {
    for (const task of tasks) printJson(taskJson(await gatherTask(store, run, task)));
    return;
  }
  const rows = tasks.map((task) => [
    task.id,
    task.status,
    recallOf(task),
    task.function.id,
    task.reason ?? '',
  ]);
  for (const line of table([['task', 'status', 'recall', 'function', ''], ...rows])) print(line);
}

function recallOf({ recall }: TaskRecord): string {
  if (!recall) return '-';
  return recall.recall === null ? 'none' : recall.recall.toFixed(2);
}

function tell(story: TaskStory): string[] {
  const { task, first, request, second } = story;
  const paints = paint.out;
  const place = `${task.function.file}:${task.function.startLine}`;
  return [
    paints.bold(`task ${task.id} · ${task.status}${task.reason ? ` (${task.reason})` : ''}`),
    `${task.repository} at ${task.commit.slice(0, 12)} · ${task.function.name} in ${place}`,
    `attempt ${task.attempts}${task.topic ? ` · ${task.topic}` : ''}`,
    ...(first ? tellRollout('first rollout', first.trajectory, story.costs['first-rollout']) : []),
    ...(first ? markedPatch(first.trajectory.patch, second?.trajectory.patch) : []),
    ...(request ? ['', paints.bold('pull request'), request.text] : []),
    ...(second ? tellRollout('second rollout', second.trajectory, story.costs['second-rollout']) : []),
    ...(second ? markedPatch(second.trajectory.patch, first?.trajectory.patch) : []),
    ...(task.recall
      ? ['', paints.bold(`recall ${task.recall.matched} of ${task.recall.total} lines: ${recallOf(task)}`)]
      : []),
  ];
}

function tellRollout(
  name: string,
  { exitStatus, steps, seconds }: { exitStatus: string; steps: number; seconds: number },
  cost = 0,
): string[] {
  return [
    '',
    `${paint.out.bold(name)} · ${exitStatus} · ${steps} steps · ${seconds.toFixed(1)}s · ${dollars(cost)}`,
  ];
}

/** A patch whose changed lines that stand in the other patch too are marked with `=` at the left. */
function markedPatch(patch: string, other: string | undefined): string[] {
  const marks = matchLines(patch, other ?? '').values();
  let expected = marks.next();
  return patch.split('\n').map((line) => {
    if (expected.done || expected.value.line !== line) return `  ${colour(line)}`;
    const mark = expected.value.matched ? '= ' : '  ';
    expected = marks.next();
    return mark + colour(line);
  });
}

function colour(line: string): string {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('diff '))
    return paint.out.bold(line);
  if (line.startsWith('+')) return paint.out.green(line);
  if (line.startsWith('-')) return paint.out.red(line);
  return line.startsWith('@@') ? paint.out.cyan(line) : line;
}

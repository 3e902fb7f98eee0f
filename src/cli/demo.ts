import { rm } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { exportSamples, finishedTasks, sampleLine } from '../dataset/index.ts';
import { generate, resolveConfig } from '../generation/index.ts';
import { Store, type TaskRecord } from '../store/index.ts';
import { listenForInterrupt } from './interrupt.ts';
import { paint, print } from './output.ts';
import { RunView } from './run-view.ts';
import { summary } from './summary.ts';
import { gatherTask } from './task-story.ts';

const RUN = 'demo';
const TASKS = 24;
const HOME = '.sera/demo';

/** This package's own folder: the one repository that is surely there. */
const OWN_REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description("the whole of it in a minute: the offline teacher on this project's own repository")
    .argument('[repository]', 'another repository', OWN_REPOSITORY)
    .addHelpText('after', '\nExamples:\n  $ sera demo\n  $ sera demo ~/code/my-project')
    .action(demo);
}

async function demo(repository: string): Promise<void> {
  const path = resolve(HOME, 'sera.db');
  await rm(resolve(HOME), { recursive: true, force: true }); // a demonstration begins at the beginning
  print(`The offline teacher, a program, plays the model: no key, no cost. Repository: ${repository}\n`);
  await make(repository, path);

  await using store = await Store.open(path, { create: false });
  const done = await store.tasks(RUN, ['done']);
  for (const line of summary(await store.status(RUN))) print(line);
  await showPullRequest(store, done);
  await showSample(store);
  showNext(relative(process.cwd(), path), done);
}

async function make(repository: string, store: string): Promise<void> {
  const config = resolveConfig(
    { repositories: [{ path: repository }], count: TASKS, concurrency: 4 },
    'demo',
  );
  const interrupt = listenForInterrupt('stopping; Ctrl-C again stops at once');
  const view = new RunView();
  const { signal, drain } = interrupt;
  try {
    await generate({
      config,
      run: RUN,
      store,
      environment: {},
      listen: (event) => view.listen(event),
      signal,
      drain,
    });
    if (drain.aborted) process.exitCode = 130;
  } finally {
    view.stop();
    interrupt.dispose();
  }
}

async function showPullRequest(store: Store, done: readonly TaskRecord[]): Promise<void> {
  // A pair that is neither perfect nor hopeless shows best what soft verification measures.
  const soft = done.find(({ recall }) => recall?.recall && recall.recall < 1) ?? done[0];
  if (!soft) return;
  const { request, first } = await gatherTask(store, RUN, soft);
  print(`\n${paint.out.bold(`One pull request, for ${soft.function.name} in ${soft.function.file}:`)}`);
  print(indent(request?.text ?? ''));
  print(`\n${paint.out.bold('The patch of the first rollout, which it must lead back to:')}`);
  print(indent(first?.trajectory.patch ?? ''));
  const { matched = 0, total = 0 } = soft.recall ?? {};
  print(`The second rollout, from that text alone, repeated ${matched} of ${total} changed lines.`);
}

async function showSample(store: Store): Promise<void> {
  const samples = exportSamples(finishedTasks(store, RUN), {
    format: 'hermes',
    rollout: '2',
    minRecall: 0,
    reasoning: 'as_is',
    includeUnsubmitted: false,
    allowOffline: true,
  });
  for await (const sample of samples) {
    print(`\n${paint.out.bold('One training sample (hermes), shortened:')}`);
    print(indent(`${sampleLine(sample).slice(0, 700)}…`));
    return;
  }
}

function showNext(store: string, done: readonly TaskRecord[]): void {
  const task = done[0]?.id.slice(0, 8) ?? 'TASK';
  print(`\n${paint.out.bold('Look closer:')}`);
  print(`  npx sera show ${RUN} --store ${store}`);
  print(`  npx sera show ${RUN} ${task} --store ${store}`);
  print(`  npx sera export ${RUN} --store ${store} --out demo.jsonl --allow-offline`);
  print(`\n${paint.out.bold('Your repository, with a model:')}`);
  print('  npx sera doctor');
  print(
    '  OPENAI_API_KEY=… npx sera generate ../my-project --teacher openai:MODEL@URL --count 20 --budget 5',
  );
}

function indent(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}

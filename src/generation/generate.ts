import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import {
  type AgentConfig,
  type AgentLimits,
  defaultLimits,
  openAgent,
  readAgentConfig,
} from '../agent/index.ts';
import { UsageError } from '../error.ts';
import type { SandboxProvider } from '../sandbox/index.ts';
import { HEARTBEAT_MS, type RunStatus, Store, type TaskRecord } from '../store/index.ts';
import { openTeacher, type TeacherOptions } from '../teacher/index.ts';
import type { GenerationConfig } from './config.ts';
import type { Listener } from './events.ts';
import { expectedPairCost } from './expected-cost.ts';
import { type Pinned, type Plan, plan } from './plan.ts';
import { readDemonstrations, readPromptFile } from './prompt-file.ts';
import { OUR_PROMPTS, type Prompts } from './prompts.ts';
import { Places } from './sandboxes.ts';
import { walkAll } from './schedule.ts';

export interface GenerateOptions {
  readonly config: GenerationConfig;
  /** The run's name; a run of that name goes on. */
  readonly run: string;
  /** Path of the store's file; caches and rollouts' private trees stand beside it. */
  readonly store: string;
  /** Where keys are read from. */
  readonly environment: NodeJS.ProcessEnv;
  readonly listen: Listener;
  /** Aborted to end everything at once; what is in flight is lost. */
  readonly signal: AbortSignal;
  /** Aborted to begin no new stage; what is in flight is finished and stored. */
  readonly drain: AbortSignal;
}

/**
 * Soft-Verified Generation (arXiv 2601.20789): draws a run's tasks and walks all that are open. Started again, it
 * goes on where it was.
 *
 * @returns how far the run is now
 * @throws SeraError with one line on what stopped the run
 */
export async function generate(options: GenerateOptions): Promise<RunStatus> {
  const { config, run, listen } = options;
  const home = dirname(options.store);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  await using resources = new AsyncDisposableStack();

  const prompts = await choosePrompts(config);
  const agentConfig = config.agent_config ? await readAgentConfig(config.agent_config) : undefined;
  const agent = openAgent(config.profile, agentConfig && { config: agentConfig });
  const before = await runBefore(options.store, run);
  const planned = await plan(config, before.pinned, join(home, 'cache'), signal);
  const teacher = openTeacher(config.teacher, teacherOptions(options, before.spentUsd));
  const places = new Places(config, planned, join(home, 'work'), teacher.offline);
  resources.defer(() => places.close());
  const providers = await places.openAll();

  // What cannot begin has left no store behind.
  const store = resources.use(await Store.open(options.store, { create: true }));
  await enter(store, run, { ...config, run, pinned: planned.pinned }, teacher.offline);
  const claim = await store.claim(run);
  resources.defer(() => claim.release());
  const beat = setInterval(() => void claim.heartbeat().catch((error) => stop.abort(error)), HEARTBEAT_MS);
  resources.defer(() => clearInterval(beat));

  const tasks = await openTasks(store, run, planned);
  for (const text of planned.notes) listen({ type: 'noted', text });
  listen({
    type: 'planned',
    run,
    functions: planned.functions,
    total: planned.tasks.length,
    open: tasks.length,
    sandboxes: providers.map(describeSandbox),
    pairCostUsd: expectedPairCost(teacher.prices),
  });
  await walkAll(
    {
      run,
      seed: config.seed,
      store,
      teacher,
      agent,
      prompts,
      limits: agentLimits(config, agentConfig),
      place: (task) => places.of(task),
      listen,
      stop: (error) => stop.abort(error),
      signal,
      drain: options.drain,
    },
    tasks,
    config.concurrency,
  );
  return await store.status(run); // the store closes behind it
}

/** Registers the run, or makes sure that going on with it means the same as it meant before. */
async function enter(
  store: Store,
  run: string,
  config: GenerationConfig & { readonly pinned: Pinned },
  offline: boolean,
): Promise<void> {
  const before = await store.findRun(run);
  if (!before) return store.addRun({ name: run, config, offline });
  if (before.offline !== offline) {
    const [was, is] = offline ? ['a model', 'the offline teacher'] : ['the offline teacher', 'a model'];
    throw new UsageError(`run ${run} was made with ${was} and cannot go on with ${is}: choose another --run`);
  }
  for (const key of ['seed', 'profile'] as const) {
    if (before.config[key] === config[key]) continue;
    const was = String(before.config[key]);
    throw new UsageError(
      `run ${run} has ${key} ${was}, not ${config[key]}: keep it, or choose another --run`,
    );
  }
  await store.updateRun(run, { config, offline });
}

/**
 * What is known of a run that goes on: what it has cost, and the commits that it began with, since a branch that has
 * moved must not change its tasks.
 */
async function runBefore(path: string, run: string): Promise<{ pinned: Pinned; spentUsd: number }> {
  const nothing = { pinned: {}, spentUsd: 0 };
  if (!existsSync(path)) return nothing;
  await using store = await Store.open(path, { create: false });
  const before = await store.findRun(run);
  if (!before) return nothing;
  const Pins = z.object({ pinned: z.record(z.string(), z.array(z.string())) });
  const { costUsd } = await store.status(run);
  return { pinned: Pins.safeParse(before.config).data?.pinned ?? {}, spentUsd: costUsd };
}

/** This plan's tasks that are not settled; failed ones get another chance. */
async function openTasks(store: Store, run: string, planned: Plan): Promise<TaskRecord[]> {
  await store.addTasks(run, planned.tasks);
  const wanted = new Set(planned.tasks.map((task) => task.id));
  const open = await store.tasks(run, ['waiting', 'failed']);
  return open.filter((task) => wanted.has(task.id));
}

function describeSandbox({ kind, description, passedOver }: SandboxProvider): string {
  const others = passedOver.map((other) => `; ${other.kind} does not work: ${other.reason}`).join('');
  return `${kind} (${description})${others}`;
}

function teacherOptions({ config, environment, listen }: GenerateOptions, spentUsd: number): TeacherOptions {
  const { budget, prices, temperature } = config;
  const log = (text: string) => listen({ type: 'noted', text });
  return { environment, spentUsd, prices, temperature, budgetUsd: budget, log };
}

function agentLimits({ limits, profile }: GenerationConfig, agentConfig?: AgentConfig): AgentLimits {
  const usual = defaultLimits(profile, agentConfig);
  return {
    steps: limits.steps,
    costUsd: limits.cost,
    commandSeconds: limits.command_seconds ?? usual.commandSeconds,
    totalSeconds: limits.total_seconds,
  };
}

async function choosePrompts({ prompts, demonstrations }: GenerationConfig): Promise<Prompts> {
  const chosen = prompts ? await readPromptFile(prompts, OUR_PROMPTS) : OUR_PROMPTS;
  return demonstrations ? { ...chosen, demonstrations: await readDemonstrations(demonstrations) } : chosen;
}

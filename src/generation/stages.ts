import type { Agent, AgentLimits } from '../agent/index.ts';
import { lineRecall } from '../patch/index.ts';
import type { StageName, StageOf, Store, TaskRecord } from '../store/index.ts';
import type { Conversation, Purpose, Teacher } from '../teacher/index.ts';
import type { Trajectory } from '../trajectory/index.ts';
import { askAboutSteps } from './answer.ts';
import { pick } from './choice.ts';
import { RolloutFailedError } from './errors.ts';
import type { Listener } from './events.ts';
import { recordCalls } from './ledger.ts';
import { fill, type Prompts } from './prompts.ts';
import { conversationKey } from './recordings.ts';
import type { Place } from './sandboxes.ts';
import { describeSteps } from './steps.ts';

/** What every task of a run works with. */
export interface Workshop {
  readonly run: string;
  readonly seed: string;
  readonly store: Store;
  readonly teacher: Teacher;
  readonly agent: Agent;
  readonly prompts: Prompts;
  readonly limits: AgentLimits;
  place(task: TaskRecord): Promise<Place>;
  readonly listen: Listener;
  /** Ends the run with an error that concerns all of it. */
  readonly stop: (error: unknown) => void;
  /** Aborted when everything must end at once. */
  readonly signal: AbortSignal;
  /** Aborted when no new stage may begin. */
  readonly drain: AbortSignal;
}

/** One attempt (from 1) at a task. */
export interface Attempt {
  readonly task: TaskRecord;
  readonly number: number;
}

/**
 * The stages of Soft-Verified Generation (arXiv 2601.20789), each a function from what came before it to the record
 * that is stored.
 */
export async function firstRollout(shop: Workshop, attempt: Attempt): Promise<StageOf<'first-rollout'>> {
  const { topic, template } = chooseTopic(shop, attempt);
  const { name, file } = attempt.task.function;
  const instruction = fill(template, { start_fn: name, start_fn_file: file });
  const trajectory = await rollout(shop, attempt, 'first-rollout', instruction);
  return { stage: 'first-rollout', topic, instruction, trajectory };
}

export async function selfReview(
  shop: Workshop,
  attempt: Attempt,
  first: StageOf<'first-rollout'>,
): Promise<StageOf<'self-review'>> {
  const { output, exchange } = await askAboutSteps(
    () => converse(shop, attempt, 'self-review', 'self-review'),
    describeSteps(first.trajectory.messages),
    (steps) => fill(shop.prompts.selfReview, { agent_steps: steps, initial_prompt: first.instruction }),
    shop.signal,
  );
  return { stage: 'self-review', accepted: /^\W*yes\b/i.test(output), exchange };
}

export async function pullRequest(
  shop: Workshop,
  attempt: Attempt,
  first: StageOf<'first-rollout'>,
): Promise<StageOf<'pull-request'>> {
  const demonstration = pick(shop.prompts.demonstrations, shop.seed, attempt.task.id, 'demonstration');
  const { output, exchange } = await askAboutSteps(
    () => converse(shop, attempt, 'pull-request', 'pull-request'),
    describeSteps(first.trajectory.messages),
    (steps) => fill(shop.prompts.pullRequest, { agent_steps: steps, demonstration_issue: demonstration }),
    shop.signal,
  );
  return { stage: 'pull-request', text: output, exchange };
}

/** The teacher sees the pull request's text and nothing else of what came before. */
export async function secondRollout(
  shop: Workshop,
  attempt: Attempt,
  request: StageOf<'pull-request'>,
): Promise<StageOf<'second-rollout'>> {
  return {
    stage: 'second-rollout',
    trajectory: await rollout(shop, attempt, 'second-rollout', request.text),
  };
}

export function verification(
  first: StageOf<'first-rollout'>,
  second: StageOf<'second-rollout'>,
): StageOf<'verification'> {
  return { stage: 'verification', recall: lineRecall(first.trajectory.patch, second.trajectory.patch) };
}

async function rollout(
  shop: Workshop,
  attempt: Attempt,
  stage: StageName,
  instruction: string,
): Promise<Trajectory> {
  const { sandboxes, tree } = await shop.place(attempt.task);
  const conversation = converse(shop, attempt, stage, 'rollout');
  try {
    const sandbox = await sandboxes.open(tree, shop.signal);
    try {
      const { agent, limits, signal } = shop;
      return usable(await agent.rollout({ sandbox, conversation, instruction, limits, signal }));
    } finally {
      await sandbox.close();
    }
  } finally {
    conversation.close();
  }
}

const FAULTS: ReadonlySet<string> = new Set(['exit_api', 'exit_environment_error', 'exit_error']);

/**
 * A rollout that a fault ended before anything was changed says nothing about the task: it is not stored, so that
 * the stage is done again.
 */
function usable(trajectory: Trajectory): Trajectory {
  if (!FAULTS.has(trajectory.exitStatus)) return trajectory;
  throw new RolloutFailedError(`${trajectory.exitStatus}: ${trajectory.error ?? 'no cause was given'}`);
}

function converse(shop: Workshop, attempt: Attempt, stage: StageName, purpose: Purpose): Conversation {
  const task = attempt.task.id;
  const key = conversationKey(task, attempt.number, stage);
  const conversation = shop.teacher.open({ purpose, key });
  return recordCalls(conversation, { task, stage }, shop);
}

/** Attempts that a replica may make before its task is rejected for good. */
export const ATTEMPTS = 3;

/**
 * Each attempt at a function draws a topic that none of its other attempts and replicas has drawn, until all are used.
 */
function chooseTopic(shop: Workshop, { task, number }: Attempt): { topic: string; template: string } {
  const place = task.replica * ATTEMPTS + (number - 1);
  const key = [task.repository, task.commit, task.function.id];
  return pick(shop.prompts.instructions, shop.seed, ...key, 'topic', place);
}

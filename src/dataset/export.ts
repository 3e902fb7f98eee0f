import type { Recall } from '../patch/index.ts';
import { type Trajectory, totalCost } from '../trajectory/index.ts';
import type { Candidate } from './candidate.ts';
import { OfflineDataError } from './errors.ts';
import type { ReasoningMode } from './reasoning.ts';
import { type Format, type Sample, toSample } from './sample.ts';

/** A finished task with what its rollouts left behind. */
export interface FinishedTask {
  readonly id: string;
  readonly repository: string;
  readonly commit: string;
  /** `file::name`. */
  readonly function: string;
  readonly file: string;
  readonly language: string;
  readonly topic: string;
  readonly offline: boolean;
  readonly pullRequest: string | null;
  readonly rolloutOne: Trajectory | null;
  readonly rolloutTwo: Trajectory | null;
  readonly recall: Recall | null;
}

export const ROLLOUTS = ['1', '2', 'both'] as const;
export type RolloutChoice = (typeof ROLLOUTS)[number];

export interface ExportOptions {
  readonly format: Format;
  readonly rollout: RolloutChoice;
  /** From 0 to 1. Recall belongs to the pair: below it, neither rollout is exported. */
  readonly minRecall: number;
  readonly reasoning: ReasoningMode;
  /** Also rollouts that did not end by submitting. */
  readonly includeUnsubmitted: boolean;
  readonly allowOffline: boolean;
  /** Told for every rollout, or task, that does not become a sample. */
  readonly onLeftOut?: (reason: LeftOutReason) => void;
}

export type LeftOutReason = 'low recall' | 'not submitted' | 'no such rollout' | 'unclear reasoning';

/**
 * Turns finished tasks into training samples, in the order in which they come, rollout one before rollout two.
 *
 * @throws OfflineDataError a task was made by the offline teacher and that was not allowed
 */
export async function* exportSamples(
  tasks: AsyncIterable<FinishedTask>,
  options: ExportOptions,
): AsyncGenerator<Sample> {
  const { format, reasoning, allowOffline, onLeftOut = () => {} } = options;
  for await (const task of tasks) {
    if (task.offline && !allowOffline) {
      throw new OfflineDataError(
        `task ${task.id} was made by the offline teacher, whose data is for trying out and not for training: add --allow-offline to export it all the same`,
      );
    }
    if (options.minRecall > 0 && (task.recall?.recall ?? -1) < options.minRecall) {
      onLeftOut('low recall');
      continue;
    }
    for (const rollout of rolloutsOf(options.rollout)) {
      const trajectory = rollout === 1 ? task.rolloutOne : task.rolloutTwo;
      const reason = whyNot(trajectory, options);
      const sample =
        trajectory && !reason && toSample(toCandidate(task, rollout, trajectory), format, reasoning);
      if (sample) yield sample;
      else onLeftOut(reason || 'unclear reasoning');
    }
  }
}

function rolloutsOf(choice: RolloutChoice): readonly (1 | 2)[] {
  return choice === 'both' ? [1, 2] : choice === '1' ? [1] : [2];
}

function whyNot(trajectory: Trajectory | null, options: ExportOptions): LeftOutReason | undefined {
  if (!trajectory) return 'no such rollout';
  if (trajectory.exitStatus !== 'submitted' && !options.includeUnsubmitted) return 'not submitted';
  return undefined;
}

/** The rollouts of a finished task that there are, each as a candidate. */
export function candidatesOf(task: FinishedTask): Candidate[] {
  const { rolloutOne, rolloutTwo } = task;
  return [
    ...(rolloutOne ? [toCandidate(task, 1, rolloutOne)] : []),
    ...(rolloutTwo ? [toCandidate(task, 2, rolloutTwo)] : []),
  ];
}

/** One rollout of a finished task as a candidate for a training set. */
function toCandidate(task: FinishedTask, rollout: 1 | 2, trajectory: Trajectory): Candidate {
  return {
    id: `${slug(task.repository)}-${task.id.slice(0, 12)}-t${rollout}`,
    messages: trajectory.messages,
    tools: trajectory.tools,
    metadata: {
      repository: task.repository,
      commit: task.commit,
      function: task.function,
      file: task.file,
      language: task.language,
      topic: task.topic,
      teacher: trajectory.calls[0]?.model ?? null,
      profile: trajectory.profile,
      rollout,
      exit_status: trajectory.exitStatus,
      steps: trajectory.steps,
      patch: trajectory.patch,
      pull_request: task.pullRequest,
      matched: task.recall?.matched ?? null,
      total: task.recall?.total ?? null,
      recall: task.recall?.recall ?? null,
      cost_usd: totalCost(trajectory.calls),
      offline: task.offline,
    },
  };
}

/** `owner/name` as SWE-bench writes it in instance ids. */
function slug(repository: string): string {
  return repository.replaceAll('/', '__').replace(/[^\w.-]+/g, '-');
}

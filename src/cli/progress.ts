import type { GenerationEvent } from '../generation/index.ts';
import { STAGES, type StageName } from '../store/index.ts';
import { count, dollars, duration, short } from './text.ts';

/** What a run's progress is told from; made from the events alone. */
export interface Progress {
  readonly total: number;
  /** Tasks that were open when this sitting began. */
  readonly open: number;
  readonly done: number;
  readonly rejected: ReadonlyMap<string, number>;
  readonly failed: ReadonlyMap<string, number>;
  /** Tasks in flight, by the stage that they are in. */
  readonly stages: ReadonlyMap<string, StageName>;
  readonly recallSum: number;
  readonly recalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars of this sitting. */
  readonly costUsd: number;
  /** US dollars that a pair is expected to cost, until this sitting has an average of its own. */
  readonly pairCostUsd: number;
}

export const NO_PROGRESS: Progress = {
  total: 0,
  open: 0,
  done: 0,
  rejected: new Map(),
  failed: new Map(),
  stages: new Map(),
  recallSum: 0,
  recalls: 0,
  inputTokens: 0,
  outputTokens: 0,
  costUsd: 0,
  pairCostUsd: 0,
};

/** The progress after an event. */
export function advance(progress: Progress, event: GenerationEvent): Progress {
  switch (event.type) {
    case 'planned':
      return { ...progress, total: event.total, open: event.open, pairCostUsd: event.pairCostUsd };
    case 'stage-began':
      return { ...progress, stages: new Map(progress.stages).set(event.task, event.stage) };
    case 'stage-ended':
    case 'noted':
      return progress;
    case 'answered':
      return {
        ...progress,
        inputTokens: progress.inputTokens + event.usage.input,
        outputTokens: progress.outputTokens + event.usage.output,
        costUsd: progress.costUsd + event.costUsd,
      };
    case 'task-ended':
      return endTask(progress, event.task);
  }
}

function endTask(
  progress: Progress,
  task: Extract<GenerationEvent, { type: 'task-ended' }>['task'],
): Progress {
  const stages = new Map(progress.stages);
  stages.delete(task.id);
  const { recall } = task.recall ?? { recall: null };
  const reason = task.reason ?? 'no reason';
  switch (task.status) {
    case 'done':
      return {
        ...progress,
        stages,
        done: progress.done + 1,
        recallSum: progress.recallSum + (recall ?? 0),
        recalls: progress.recalls + (recall === null ? 0 : 1),
      };
    case 'rejected':
      return { ...progress, stages, rejected: plusOne(progress.rejected, reason) };
    case 'failed':
      return { ...progress, stages, failed: plusOne(progress.failed, reason) };
    default:
      return { ...progress, stages };
  }
}

function plusOne(counts: ReadonlyMap<string, number>, key: string): ReadonlyMap<string, number> {
  return new Map(counts).set(key, (counts.get(key) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return counts.values().reduce((total, value) => total + value, 0);
}

/** Tasks that this sitting has settled. */
export function settled(progress: Progress): number {
  return progress.done + sum(progress.rejected) + sum(progress.failed);
}

/** One line: how many, how well, how fast, how dear, how long still. */
export function progressLine(progress: Progress, seconds: number): string {
  const ended = settled(progress);
  const earlier = progress.total - progress.open;
  const parts = [`${count(earlier + ended)}/${count(progress.total)} tasks`];
  if (progress.recalls > 0) parts.push(`recall ${(progress.recallSum / progress.recalls).toFixed(2)}`);
  if (progress.rejected.size > 0) parts.push(`rejected ${reasons(progress.rejected)}`);
  if (progress.failed.size > 0) parts.push(`failed ${sum(progress.failed)}`);
  if (progress.stages.size > 0) parts.push(`running ${inStages(progress)}`);
  parts.push(`${short(progress.inputTokens + progress.outputTokens)} tokens`);
  parts.push(`${short((progress.inputTokens + progress.outputTokens) / Math.max(seconds, 0.001))}/s`);
  parts.push(cost(progress, ended));
  parts.push(ended > 0 ? `${duration((seconds / ended) * (progress.open - ended))} left` : duration(seconds));
  return parts.join(' · ');
}

function cost(progress: Progress, ended: number): string {
  const pair = ended > 0 ? progress.costUsd / ended : progress.pairCostUsd;
  return pair === 0
    ? dollars(progress.costUsd)
    : `${dollars(progress.costUsd)} of about ${dollars(pair * progress.open)}`;
}

function reasons(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([reason, value]) => `${value} (${reason})`).join(', ');
}

function inStages(progress: Progress): string {
  const counts = STAGES.map((stage) => ({
    stage,
    value: progress.stages
      .values()
      .filter((running) => running === stage)
      .toArray().length,
  }));
  return counts
    .filter(({ value }) => value > 0)
    .map(({ stage, value }) => `${value} ${stage}`)
    .join(', ');
}

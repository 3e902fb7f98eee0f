import type { RunStatus } from '../store/index.ts';
import { recallHistogram } from './histogram.ts';
import { count, dollars, duration, plural, short } from './text.ts';

/** A run's status in the shape that scripts rely on. */
export function statusJson(status: RunStatus): Record<string, unknown> {
  const { run, tasks, recall, reasons, tokens, costUsd, seconds, offline, active } = status;
  return { run, tasks, recall, reasons, tokens, cost_usd: costUsd, seconds, offline, active };
}

/** A run's status for people. */
export function summary(status: RunStatus): string[] {
  const { tasks, recall, tokens } = status;
  const lines = [
    `run ${status.run}: ${count(tasks.done)} of ${plural(tasks.total, 'task')} done in ${duration(status.seconds)}`,
    ...unsettled(status),
    `  tokens ${short(tokens.input)} in (${cachedShare(status)} cached), ${short(tokens.output)} out · cost ${dollars(status.costUsd)}${perPair(status)}`,
  ];
  if (recall.mean !== null) {
    lines.push(`  recall ${recall.mean.toFixed(3)} on average`, ...recallHistogram(recall.histogram));
  }
  if (status.offline) lines.push('  made by the offline teacher: for trying out, not for training');
  return lines;
}

function unsettled({ tasks, reasons }: RunStatus): string[] {
  const parts = (['running', 'waiting', 'rejected', 'failed'] as const)
    .filter((name) => tasks[name] > 0)
    .map((name) => `${count(tasks[name])} ${name}`);
  const why = Object.entries(reasons).map(([reason, value]) => `  ${count(value)} × ${reason}`);
  return parts.length === 0 ? [] : [`  ${parts.join(', ')}`, ...why.map((line) => `  ${line}`)];
}

function cachedShare({ tokens }: RunStatus): string {
  return tokens.input === 0 ? '0%' : `${((100 * tokens.cached) / tokens.input).toFixed(1)}%`;
}

function perPair({ costUsd, tasks }: RunStatus): string {
  return costUsd > 0 && tasks.done > 0 ? ` (${dollars(costUsd / tasks.done)} a pair)` : '';
}

export type { Candidate, Metadata } from './candidate.ts';
export { DatasetWriteError, OfflineDataError } from './errors.ts';
export {
  type ExportOptions,
  exportSamples,
  type FinishedTask,
  type LeftOutReason,
  ROLLOUTS,
  type RolloutChoice,
} from './export.ts';
export { REASONING_MODES, type ReasoningMode } from './reasoning.ts';
export { FORMATS, type Format, type Sample, sampleLine } from './sample.ts';
export { finishedTasks } from './stored.ts';
export { writeJsonl } from './write.ts';

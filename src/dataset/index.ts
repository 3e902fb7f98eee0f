export type { Candidate, Metadata } from './candidate.ts';
export { type CurateOptions, curate } from './curate.ts';
export {
  DatasetWriteError,
  HubError,
  OfflineDataError,
  RecipeError,
  SourceError,
  TokenizerError,
} from './errors.ts';
export {
  type ExportOptions,
  exportSamples,
  type FinishedTask,
  type LeftOutReason,
  ROLLOUTS,
  type RolloutChoice,
} from './export.ts';
export { type Inspection, type InspectOptions, inspect } from './inspect.ts';
export type { Account } from './output/card.ts';
export { type PushProgress, pushDataset } from './push.ts';
export { REASONING_MODES, type ReasoningMode } from './reasoning.ts';
export { STEPS_HELP, type StepCount } from './recipe/funnel.ts';
export { checkRecipe, PRESETS, type PresetName, type Recipe, readRecipe } from './recipe/recipe.ts';
export { parseMix, parseVariants } from './recipe/variants.ts';
export { FORMATS, type Format, type Sample, sampleLine } from './sample.ts';
export { openSource, type SourceContext } from './sources/open.ts';
export type { Source } from './sources/source.ts';
export { inspectionPage } from './statistics/page.ts';
export type { Distribution } from './statistics/statistics.ts';
export { finishedTasks } from './stored.ts';
export { writeLines, writeText } from './write.ts';

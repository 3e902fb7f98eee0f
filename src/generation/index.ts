export {
  configSchema,
  GenerationConfig,
  type GenerationSettings,
  readConfigFile,
  resolveConfig,
} from './config.ts';
export { NothingToDoError, RolloutFailedError, UnusableAnswerError } from './errors.ts';
export type { GenerationEvent, Listener } from './events.ts';
export { type GenerateOptions, generate } from './generate.ts';
export { type Recording, recordings } from './recordings.ts';

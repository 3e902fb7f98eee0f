export { RepositoryError, UnknownRepositoryError } from './errors.ts';
export { OPTIONAL_KINDS, type OptionalKind } from './leave-out.ts';
export { type OpenOptions, openRepository } from './open.ts';
export type {
  FunctionListing,
  FunctionOptions,
  LeftOut,
  Repository,
  RepositoryFunction,
} from './repository.ts';
export { type Draw, sampleFunctions } from './sample.ts';

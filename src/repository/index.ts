export type {
  FunctionListing,
  FunctionOptions,
  LeftOut,
  Repository,
  RepositoryFunction,
} from './repository.ts';

import {
  type FunctionOptions,
  openRepository,
  type Repository,
  sampleFunctions,
} from '../repository/index.ts';
import type { TaskIdentity } from '../store/index.ts';
import { hashOf } from './choice.ts';
import type { GenerationConfig } from './config.ts';
import { NothingToDoError } from './errors.ts';

export type RepositorySource = GenerationConfig['repositories'][number];

/** What a run is going to do. */
export interface Plan {
  readonly tasks: readonly TaskIdentity[];
  /** By the location that stands in the tasks. */
  readonly repositories: ReadonlyMap<string, PlannedRepository>;
  /** The commits of each source, so that a run that goes on finds its own again. */
  readonly pinned: Pinned;
  /** Functions found, over all repositories and commits. */
  readonly functions: number;
  readonly notes: readonly string[];
}

/** Commits by the source that they were chosen for (`pinKey`). */
export type Pinned = Readonly<Record<string, readonly string[]>>;

export interface PlannedRepository {
  readonly repository: Repository;
  readonly source: RepositorySource;
}

/**
 * Opens the repositories, finds their functions, and draws the tasks. The order depends on the seed alone, and a
 * larger count begins with the same tasks: starting a run again finds its own.
 *
 * @throws NothingToDoError no repository has a function to start from
 */
export async function plan(
  config: GenerationConfig,
  pinned: Pinned,
  cache: string,
  signal: AbortSignal,
): Promise<Plan> {
  const repositories = new Map<string, PlannedRepository>();
  const notes: string[] = [];
  const draws: (readonly TaskIdentity[])[] = [];
  const chosen: Record<string, readonly string[]> = {};
  let functions = 0;
  for (const source of config.repositories) {
    const { path, commit, commits, since } = source;
    const known = pinned[pinKey(source)];
    const repository = await openRepository(path, { commit, commits, since, pinned: known, cache, signal });
    chosen[pinKey(source)] = repository.commits;
    repositories.set(repository.location, { repository, source });
    notes.push(...repository.notes);
    for (const commit of repository.commits) {
      const listing = await repository.functions(commit, pickFunctions(source));
      functions += listing.functions.length;
      const { seed, count, replicas } = config;
      // Drawn anew for each commit, since one order would begin with the same functions in all of them.
      const drawn = sampleFunctions(listing.functions, { seed: `${seed} ${commit}`, count, replicas });
      draws.push(drawn.map((draw) => toTask(repository, commit, draw, seed)));
    }
  }
  const tasks = takeInTurns(draws, config.count);
  if (tasks.length === 0) throw new NothingToDoError(noFunctions(config));
  if (tasks.length < config.count) {
    notes.push(
      `${tasks.length} tasks instead of ${config.count}: every function is used; more with --replicas`,
    );
  }
  return { tasks, repositories, pinned: { ...pinned, ...chosen }, functions, notes };
}

function toTask(
  { name, location }: Repository,
  commit: string,
  draw: ReturnType<typeof sampleFunctions>[number],
  seed: string,
): TaskIdentity {
  const { id, file, language, startLine, endLine } = draw.function;
  return {
    id: hashOf(location, commit, id, draw.replica, seed).slice(0, 16),
    repository: name,
    location,
    commit,
    function: { id, file, name: draw.function.name, language, startLine, endLine },
    replica: draw.replica,
  };
}

/** One of each in turn, so that every repository and commit has its share however early a run is stopped. */
function takeInTurns<T>(lists: readonly (readonly T[])[], count: number): T[] {
  const taken: T[] = [];
  for (let place = 0; taken.length < count; place += 1) {
    const round = lists.flatMap((list) => list.slice(place, place + 1));
    if (round.length === 0) break;
    taken.push(...round.slice(0, count - taken.length));
  }
  return taken;
}

function pinKey({ path, commit, commits, since }: RepositorySource): string {
  return JSON.stringify([path, commit, commits, since]);
}

function pickFunctions({ languages, include }: RepositorySource): FunctionOptions {
  return { ...(languages && { languages }), ...(include && { include }) };
}

function noFunctions(config: GenerationConfig): string {
  const paths = config.repositories.map((source) => source.path).join(', ');
  return `no function to start from in ${paths}: sera functions shows what is found and what is left out`;
}

import { DEFAULT_LIMITS, openSandboxes, type SandboxProvider } from '../sandbox/index.ts';
import type { TaskRecord } from '../store/index.ts';
import type { GenerationConfig } from './config.ts';
import type { Plan, PlannedRepository, RepositorySource } from './plan.ts';

const MIB = 1024 * 1024;

/** A place for a task: sandboxes of its repository's kind, and the folder with its tree. */
export interface Place {
  readonly sandboxes: SandboxProvider;
  readonly tree: string;
}

/** The sandboxes of a run: one provider for each environment that its repositories ask for, opened when needed. */
export class Places {
  readonly #config: GenerationConfig;
  readonly #plan: Plan;
  readonly #work: string;
  /** The offline teacher's commands are this program's own; a model's never run on the bare host unless asked for. */
  readonly #hostAllowed: boolean;
  readonly #providers = new Map<string, Promise<SandboxProvider>>();
  readonly #trees = new Map<string, Promise<string>>();

  constructor(config: GenerationConfig, plan: Plan, work: string, hostAllowed: boolean) {
    this.#config = config;
    this.#plan = plan;
    this.#work = work;
    this.#hostAllowed = hostAllowed;
  }

  /** Opens every provider, so that what is missing is known before anything is paid for. */
  async openAll(): Promise<SandboxProvider[]> {
    const sources = [...this.#plan.repositories.values()].map(({ source }) => source);
    return [...new Set(await Promise.all(sources.map((source) => this.#provider(source))))];
  }

  async of(task: TaskRecord): Promise<Place> {
    const planned = this.#plan.repositories.get(task.location);
    if (!planned) throw new RangeError(`task ${task.id} belongs to no repository of this run`);
    const [sandboxes, tree] = await Promise.all([
      this.#provider(planned.source),
      this.#tree(planned, task.commit),
    ]);
    return { sandboxes, tree };
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#providers.values());
    await Promise.all(opened.map((result) => result.status === 'fulfilled' && result.value.close()));
  }

  #provider({ image, setup }: RepositorySource): Promise<SandboxProvider> {
    const { sandbox, network, read_only, limits } = this.#config;
    return remember(this.#providers, JSON.stringify([image, setup]), () =>
      openSandboxes({
        kind: sandbox,
        allowHost: this.#hostAllowed || sandbox === 'host',
        network,
        readOnly: read_only,
        work: this.#work,
        limits: {
          ...DEFAULT_LIMITS,
          memory: limits.memory_mib * MIB,
          disk: limits.disk_mib * MIB,
          processes: limits.processes,
        },
        ...(image !== undefined && { image }),
        ...(setup !== undefined && { setup }),
      }),
    );
  }

  #tree({ repository }: PlannedRepository, commit: string): Promise<string> {
    return remember(this.#trees, `${repository.location}@${commit}`, () => repository.tree(commit));
  }
}

/** Makes a value once, also when several ask for it at the same time; a failure is not remembered. */
function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key);
  if (found) return found;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

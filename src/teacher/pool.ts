import type { ModelPrice } from './prices.ts';
import type { Provider } from './provider.ts';

/** Failures in a row, over all conversations, after which an endpoint is set aside. */
const FAILURES = 3;
const FIRST_REST = 30_000;
const LONGEST_REST = 300_000;

export interface Endpoint {
  readonly provider: Provider;
  readonly price: ModelPrice;
  /** Conversations that are at home here. */
  conversations: number;
  /** Failures since the last answer. */
  failures: number;
  /** Milliseconds of the clock until which nobody is sent here. */
  asideUntil: number;
}

/** Where conversations go: each stays at its own endpoint, so that the endpoint's prefix cache serves it. */
export class Pool {
  readonly endpoints: readonly Endpoint[];
  readonly #now: () => number;

  constructor(
    members: readonly { readonly provider: Provider; readonly price: ModelPrice }[],
    now: () => number,
  ) {
    this.endpoints = members.map((member) => ({ ...member, conversations: 0, failures: 0, asideUntil: 0 }));
    this.#now = now;
  }

  /** The least busy endpoint that is alive, or the least busy one where none is. */
  enter(): Endpoint {
    const endpoint =
      this.#leastBusy(this.endpoints.filter((one) => this.isAlive(one))) ?? this.#leastBusy(this.endpoints);
    if (endpoint === undefined) throw new RangeError('a pool has at least one endpoint');
    endpoint.conversations += 1;
    return endpoint;
  }

  leave(endpoint: Endpoint): void {
    endpoint.conversations -= 1;
  }

  /**
   * Where a conversation goes on: at home while that is alive or nothing else is; otherwise at another endpoint,
   * one of the same model if there is one, since a trajectory should be one model's.
   */
  stayOrMove(home: Endpoint): Endpoint {
    const next = this.#refuge(home);
    if (next === undefined) return home;
    home.conversations -= 1;
    next.conversations += 1;
    return next;
  }

  /** True where a conversation would leave its home for a living endpoint. */
  canMove(home: Endpoint): boolean {
    return this.#refuge(home) !== undefined;
  }

  #refuge(home: Endpoint): Endpoint | undefined {
    if (this.isAlive(home)) return undefined;
    const others = this.endpoints.filter((one) => one !== home && this.isAlive(one));
    const same = others.filter((one) => one.provider.model === home.provider.model);
    return this.#leastBusy(same) ?? this.#leastBusy(others);
  }

  isAlive(endpoint: Endpoint): boolean {
    return endpoint.asideUntil <= this.#now();
  }

  answered(endpoint: Endpoint): void {
    endpoint.failures = 0;
    endpoint.asideUntil = 0;
  }

  /** @returns true where this failure has set the endpoint aside */
  failed(endpoint: Endpoint): boolean {
    // Requests that were still in flight when it was set aside say nothing new.
    if (!this.isAlive(endpoint)) return false;
    endpoint.failures += 1;
    if (endpoint.failures < FAILURES) return false;
    const rest = Math.min(LONGEST_REST, FIRST_REST * 2 ** (endpoint.failures - FAILURES));
    endpoint.asideUntil = this.#now() + rest;
    return true;
  }

  #leastBusy(endpoints: readonly Endpoint[]): Endpoint | undefined {
    return endpoints.reduce<Endpoint | undefined>(
      (least, one) => (least === undefined || one.conversations < least.conversations ? one : least),
      undefined,
    );
  }
}

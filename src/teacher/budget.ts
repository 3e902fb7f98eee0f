import { BudgetError } from './errors.ts';

/** A place for one request: what it may cost is held back until it is known what it did cost. */
export interface Reservation {
  /** @param costUsd what was billed; 0 for a request that brought nothing */
  settle(costUsd: number): void;
}

/**
 * The run's money. A request starts only where its estimate fits beside those in flight; else it waits until one of
 * them has ended, so that the limit is passed by no more than estimates err, and nothing stops too early.
 */
export class Budget {
  #spent: number;
  #reserved = 0;
  #inFlight = 0;
  #waiting: (() => void)[] = [];
  readonly #limit: number;

  /**
   * @param limit US dollars; Infinity for none
   * @param spent US dollars that earlier processes of the run have spent
   */
  constructor(limit: number, spent: number) {
    this.#limit = limit;
    this.#spent = spent;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws BudgetError where no request of this estimate can be made any more */
  async reserve(estimate: number, signal: AbortSignal | undefined): Promise<Reservation> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#spent >= this.#limit)
        throw new BudgetError(`The budget of ${usd(this.#limit)} is spent${GO_ON}`);
      if (this.#spent + this.#reserved + estimate <= this.#limit) return this.#place(estimate);
      if (this.#inFlight === 0) {
        const left = `${usd(this.#spent)} of ${usd(this.#limit)} are spent`;
        throw new BudgetError(`The next call may cost ${usd(estimate)}, and ${left}${GO_ON}`);
      }
      await this.#change(signal);
    }
  }

  #place(estimate: number): Reservation {
    this.#reserved += estimate;
    this.#inFlight += 1;
    let settled = false;
    return {
      settle: (costUsd) => {
        if (settled) return;
        settled = true;
        this.#inFlight -= 1;
        // Sums of floating-point numbers leave a rest.
        this.#reserved = this.#inFlight === 0 ? 0 : this.#reserved - estimate;
        this.#spent += costUsd;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const wake of waiting) wake();
      },
    };
  }

  #change(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}

const GO_ON = ': start the run again with a larger budget and it goes on.';

function usd(amount: number): string {
  return `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}

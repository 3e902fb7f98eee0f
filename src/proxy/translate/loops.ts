/** Times after which the same call with the same result is a loop. */
const LOOP = 3;

/** Watches a history for a model that goes in circles. What it says depends on nothing that comes later. */
export class LoopWatch {
  readonly #seen: Map<string, number>;

  constructor(seen: ReadonlyMap<string, number> = new Map()) {
    this.#seen = new Map(seen);
  }

  copy(): LoopWatch {
    return new LoopWatch(this.#seen);
  }

  /** What the model is to read behind a result; empty where it has not repeated itself. */
  hint(call: string, result: string): string {
    const key = `${call}\0${result}`;
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    if (times < LOOP) return '';
    return `\n\n[This call has now been made ${times} times with the same result. Making it again will change nothing: try another way, or call \`submit\` if the work is done.]`;
  }

  /** Something was changed, or the user spoke: the same call may have another result. */
  moved(): void {
    this.#seen.clear();
  }
}

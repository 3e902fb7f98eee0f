import type { Budget } from './budget.ts';
import { ContextOverflowError, TeacherRefusedError, TeacherUnavailableError } from './errors.ts';
import { estimatedUsage, expectedUsage } from './estimate.ts';
import { Fault } from './fault.ts';
import type { Endpoint, Pool } from './pool.ts';
import { costOf } from './prices.ts';
import type { Completion, TokenUsage } from './provider.ts';
import { backoff, type RetryLimits } from './retry.ts';
import type { Answer, Conversation, Question } from './teacher.ts';

/** What all conversations of a teacher share. */
export interface Surroundings {
  readonly pool: Pool;
  readonly budget: Budget;
  readonly retries: RetryLimits;
  readonly maxOutputTokens: number | undefined;
  readonly now: () => number;
  readonly random: () => number;
  /** Milliseconds; rejects with the signal's reason. */
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly log: (line: string) => void;
}

/** One rollout's talk with one endpoint, which it leaves only when that endpoint is dead. */
export class EndpointConversation implements Conversation {
  readonly #around: Surroundings;
  #home: Endpoint;
  #closed = false;
  #last: TokenUsage | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#home = around.pool.enter();
  }

  async ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    const { pool, random, sleep, log, retries } = this.#around;
    let waited = 0;
    let lostUsd = 0;
    for (let failures = 0; ; ) {
      signal?.throwIfAborted();
      this.#move();
      const attempt = await this.#attempt(question, signal);
      lostUsd += attempt.costUsd;
      if (!(attempt.result instanceof Fault))
        return this.#answer(attempt.result, attempt.latencyMs, failures, lostUsd);
      const fault = attempt.result;
      const endpoint = this.#home;
      throwIfFinal(fault, endpoint);
      failures += 1;
      if (fault.kind === 'transient' && pool.failed(endpoint))
        log(`${endpoint.provider.name} is set aside: it ${fault.message}.`);
      const pause = pool.canMove(endpoint) ? 0 : backoff(failures, fault.retryAfter, random());
      if (failures > retries.retries || waited + pause > retries.waitSeconds * 1000) {
        throw new TeacherUnavailableError(`${endpoint.provider.name} ${fault.message} (${tries(failures)}).`);
      }
      log(
        `${endpoint.provider.name} ${fault.message}; try ${failures + 1} in ${(pause / 1000).toFixed(1)} s.`,
      );
      waited += pause;
      await sleep(pause, signal);
    }
  }

  close(): void {
    if (!this.#closed) this.#around.pool.leave(this.#home);
    this.#closed = true;
  }

  #move(): void {
    const next = this.#around.pool.stayOrMove(this.#home);
    if (next === this.#home) return;
    this.#around.log(`A conversation moves from ${this.#home.provider.name} to ${next.provider.name}.`);
    this.#home = next;
    this.#last = undefined;
  }

  /** One request: its place in the budget, its answer or fault, its bill. */
  async #attempt(question: Question, signal: AbortSignal | undefined): Promise<Attempt> {
    const { budget, now, maxOutputTokens } = this.#around;
    const { provider, price } = this.#home;
    const place = await budget.reserve(
      costOf(price, expectedUsage(question, this.#last, maxOutputTokens)),
      signal,
    );
    const started = now();
    let costUsd = 0;
    try {
      const completion = await provider.complete(question, signal);
      const usage = completion.usage ?? estimatedUsage(question, completion.message);
      costUsd = costOf(price, usage);
      return { result: { ...completion, usage }, costUsd, latencyMs: now() - started };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (error.usage !== undefined) costUsd = costOf(price, error.usage);
      return { result: error, costUsd, latencyMs: now() - started };
    } finally {
      place.settle(costUsd);
    }
  }

  #answer({ message, usage, finish }: Answered, latencyMs: number, retries: number, costUsd: number): Answer {
    this.#around.pool.answered(this.#home);
    this.#last = usage;
    const { input, cached, output } = usage;
    const { model } = this.#home.provider;
    return { message, model, usage: { input, cached, output }, costUsd, latencyMs, retries, finish };
  }
}

type Answered = Completion & { readonly usage: TokenUsage };

interface Attempt {
  readonly result: Answered | Fault;
  readonly costUsd: number;
  readonly latencyMs: number;
}

function throwIfFinal(fault: Fault, { provider }: Endpoint): void {
  const what = `${provider.name} ${fault.message}`;
  if (fault.kind === 'overflow') throw new ContextOverflowError(`${what}.`);
  if (fault.kind === 'rejected') throw new TeacherUnavailableError(`${what}.`);
  if (fault.kind !== 'refused') return;
  const advice = {
    key: `set a valid key in ${provider.keyVariable}`,
    credit: 'add credit at the provider',
    model: "check the model's name",
    address: 'check the address',
  }[fault.refusal ?? 'address'];
  throw new TeacherRefusedError(`${what}: ${advice}, then start the run again and it goes on.`);
}

function tries(count: number): string {
  return count === 1 ? 'one try' : `${count} tries`;
}

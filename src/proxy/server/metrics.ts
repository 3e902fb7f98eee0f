import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AnswerUsage } from '../answer.ts';

/** What the proxy tells Prometheus; nothing in it comes from a request's contents. */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests = this.#counter('sera_proxy_requests_total', 'Requests answered.', ['route', 'status']);
  readonly #errors = this.#counter('sera_proxy_errors_total', 'Errors given to clients.', ['kind']);
  readonly #tokens = this.#counter('sera_proxy_tokens_total', 'Tokens of the model.', ['type']);
  readonly #open = new Gauge({
    name: 'sera_proxy_open_requests',
    help: 'Requests that are being answered.',
    registers: [this.registry],
  });
  readonly #firstToken = new Histogram({
    name: 'sera_proxy_time_to_first_token_seconds',
    help: 'From a request to the first piece of its answer.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [this.registry],
  });

  opened(): void {
    this.#open.inc();
  }

  closed(route: string, status: number): void {
    this.#open.dec();
    this.#requests.inc({ route, status: String(status) });
  }

  failed(kind: string): void {
    this.#errors.inc({ kind });
  }

  used({ input, cached, output }: AnswerUsage): void {
    this.#tokens.inc({ type: 'input' }, input);
    this.#tokens.inc({ type: 'cached' }, cached);
    this.#tokens.inc({ type: 'output' }, output);
  }

  firstToken(seconds: number): void {
    this.#firstToken.observe(seconds);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}

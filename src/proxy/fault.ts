import type { AnswerUsage } from './answer.ts';

/** What went wrong, in terms that every client's protocol has a name for. */
export type FaultKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'too-large'
  | 'overflow'
  | 'rate-limit'
  | 'overloaded'
  | 'unreachable'
  | 'broken';

const STATUS: Readonly<Record<FaultKind, number>> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  'not-found': 404,
  'too-large': 413,
  overflow: 400,
  'rate-limit': 429,
  overloaded: 503,
  unreachable: 502,
  broken: 502,
};

/** A request that cannot be answered; becomes an error of the client's protocol. */
export class ProxyFault extends Error {
  override readonly name = 'ProxyFault';
  readonly kind: FaultKind;
  readonly status: number;
  /** Seconds, where the model's server named them. */
  readonly retryAfter: string | undefined;
  /** What had been used until then. */
  readonly usage: AnswerUsage | undefined;

  constructor(
    kind: FaultKind,
    message: string,
    more: { readonly retryAfter?: string | undefined; readonly usage?: AnswerUsage | undefined } = {},
  ) {
    super(message);
    this.kind = kind;
    this.status = STATUS[kind];
    this.retryAfter = more.retryAfter;
    this.usage = more.usage;
  }

  /** The same with what had been used. */
  withUsage(usage: AnswerUsage): ProxyFault {
    return new ProxyFault(this.kind, this.message, { retryAfter: this.retryAfter, usage });
  }
}

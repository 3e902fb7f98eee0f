import type { TokenUsage } from './provider.ts';

/**
 * What went wrong with one request:
 * - `transient`: the endpoint is broken or gone; the same request may succeed later, or elsewhere;
 * - `busy`: the endpoint lives but asks to wait;
 * - `rejected`: the request itself is at fault; repeating it is useless;
 * - `overflow`: the history does not fit the model's context;
 * - `refused`: key, model or credit; no request of this run can succeed.
 */
export type FaultKind = 'transient' | 'busy' | 'rejected' | 'overflow' | 'refused';

/** Why nothing can succeed: says what a person must change. */
export type Refusal = 'key' | 'credit' | 'model' | 'address';

/** A failed request, before it is known whether it will be repeated. Its message never holds a key. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;
  /** Set where `kind` is `refused`. */
  readonly refusal: Refusal | undefined;
  /** Milliseconds that the endpoint asks to wait. */
  readonly retryAfter: number | undefined;
  /** What the failed request was billed for, where the endpoint said so. */
  readonly usage: TokenUsage | undefined;

  constructor(kind: FaultKind, message: string, details: FaultDetails = {}) {
    super(message);
    this.kind = kind;
    this.refusal = details.refusal;
    this.retryAfter = details.retryAfter;
    this.usage = details.usage;
  }
}

export interface FaultDetails {
  readonly refusal?: Refusal | undefined;
  readonly retryAfter?: number | undefined;
  readonly usage?: TokenUsage | undefined;
}

/** What an endpoint said when it refused a request, from an HTTP response or from inside a stream. */
export interface ServerError {
  readonly status: number;
  /** The provider's own code and type, such as `insufficient_quota`, `1113`, `overloaded_error`. */
  readonly codes: readonly string[];
  readonly message: string;
  readonly retryAfter?: number | undefined;
}

/** Wordings of vLLM, SGLang, OpenAI, Anthropic, z.ai, OpenRouter, Together, Ollama, llama.cpp. */
const OVERFLOW =
  /context.?(length|window|size|limit)|maximum (model|input|prompt) length|max(imum)?_model_len|prompt (is )?too long|prompt exceeds max|input (is )?too long|longer than the (maximum )?model|exceeds? (the )?(maximum )?(number of )?(input )?tokens|input token count|decoder prompt/i;
const OVERFLOW_CODES = new Set(['context_length_exceeded', 'exceed_context_size_error', '1261']);

const NO_CREDIT =
  /insufficient[ _](balance|quota|credit|fund)|credit balance is too low|exceeded your current quota|requires more credits|no resource package/i;
const NO_CREDIT_CODES = new Set([
  'insufficient_quota',
  'billing_error',
  'billing_not_active',
  '1112',
  '1113',
  '1309',
]);

const NO_MODEL =
  /model\b.{0,120}\b(does not exist|not found|not exist)|unknown model|not a valid model|no such model|invalid model/i;
const NO_MODEL_CODES = new Set(['model_not_found', 'model_not_exist', 'invalid_model', '1211']);

const KEY_CODES = new Set(['invalid_api_key', 'authentication_error', '1000', '1001', '1002', '1003']);

const BUSY_CODES = new Set(['overloaded_error', 'rate_limit_error']);
const BUSY_STATUS = new Set([409, 425, 429, 529]);

/**
 * Sorts what an endpoint said. Wording comes before the status, because servers put the same facts under different
 * ones: z.ai reports an empty account as 429, Anthropic as 400; Together a long prompt as 403, llama.cpp as 500.
 */
export function faultOf(error: ServerError, message: string): Fault {
  const refusal = refusalOf(error);
  const { retryAfter } = error;
  if (isOverflow(error)) return new Fault('overflow', message);
  if (refusal !== undefined) return new Fault('refused', message, { refusal });
  if (isBusy(error)) return new Fault('busy', message, { retryAfter });
  if (error.status === 408 || error.status >= 500) return new Fault('transient', message, { retryAfter });
  return new Fault('rejected', message);
}

function isOverflow({ status, codes, message }: ServerError): boolean {
  if (has(codes, OVERFLOW_CODES) || status === 413) return true;
  return status !== 429 && status !== 401 && OVERFLOW.test(message);
}

function refusalOf({ status, codes, message }: ServerError): Refusal | undefined {
  if (status === 402 || has(codes, NO_CREDIT_CODES)) return 'credit';
  if (status >= 500) return undefined;
  if (NO_CREDIT.test(message)) return 'credit';
  if (status === 401 || has(codes, KEY_CODES)) return 'key';
  if (has(codes, NO_MODEL_CODES) || NO_MODEL.test(message)) return 'model';
  if (status === 403) return 'key';
  return status === 404 ? (/\bmodel\b/i.test(message) ? 'model' : 'address') : undefined;
}

function isBusy({ status, codes }: ServerError): boolean {
  return BUSY_STATUS.has(status) || has(codes, BUSY_CODES);
}

function has(codes: readonly string[], known: ReadonlySet<string>): boolean {
  return codes.some((code) => known.has(code));
}

/** How often a request is repeated, and how long that may take. */
export interface RetryLimits {
  /** Repetitions of one question. */
  readonly retries: number;
  /** Seconds spent waiting between the tries of one question, altogether. */
  readonly waitSeconds: number;
}

const FIRST = 1_000;
const LONGEST = 60_000;

/**
 * Milliseconds before the next try: exponential backoff with full jitter (Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015). Where the endpoint asks for a time, that time and a little more, so
 * that all who were turned away do not come back at the same moment.
 *
 * @param failures tries that have failed so far, from 1
 * @param random in [0, 1)
 */
export function backoff(failures: number, asked: number | undefined, random: number): number {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** (failures - 1));
  return asked ? asked + random * Math.min(FIRST, asked) : random * ceiling;
}

/** Milliseconds that the headers ask to wait (`retry-after-ms`; `Retry-After` in seconds or as a date, RFC 9110 §10.2.3). */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const milliseconds = number(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get('retry-after');
  const seconds = number(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function number(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

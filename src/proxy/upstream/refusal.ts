import { z } from 'zod';
import { ProxyFault } from '../fault.ts';
import { readOverflow } from './overflow.ts';

const Detail = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
]);
const LONGEST = 600;

/** What a server said went wrong: its own words, in one line, or the beginning of its page. */
function complaintOf(body: string): string {
  let text = body;
  try {
    text = Detail.safeParse(JSON.parse(body)).data ?? body;
  } catch {
    // A gateway's page.
  }
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST);
}

/** An error answer of the model's server in the proxy's terms. */
export function refusalOf(status: number, body: string, retryAfter?: string): ProxyFault {
  const complaint = complaintOf(body);
  const said = complaint === '' ? `it answered ${status}` : complaint;
  if (status === 401 || status === 403)
    return new ProxyFault('unauthorized', `The model's server refused the proxy's key: ${said}`);
  if (status === 404) return new ProxyFault('not-found', `The model's server does not know this: ${said}`);
  if (status === 429)
    return new ProxyFault('rate-limit', `The model's server is over its rate limit: ${said}`, { retryAfter });
  if (status === 413)
    return new ProxyFault('too-large', `The model's server found the request too large: ${said}`);
  if (status === 503 || status === 529)
    return new ProxyFault('overloaded', `The model's server is overloaded: ${said}`, { retryAfter });
  if (status >= 500) return new ProxyFault('broken', `The model's server failed: ${said}`);
  if (readOverflow(complaint)) return new ProxyFault('overflow', said);
  return new ProxyFault('invalid', `The model's server refused the request: ${said}`);
}

/** What the client must be told so that it makes its history shorter: both phrases are what clients look for. */
export function tooLong(prompt: number | undefined, limit: number | undefined): ProxyFault {
  const tokens = prompt ?? (limit === undefined ? undefined : limit + 1);
  const numbers = tokens === undefined || limit === undefined ? '' : `: ${tokens} tokens > ${limit} maximum`;
  return new ProxyFault('overflow', `prompt is too long${numbers}`);
}

import { Agent, request } from 'node:http';

export const STREAMS = 200;

/** @param length of the prompt; what the proxy sends for a history of 50 turns where left out */
export function chatBody(model: string, length = 100_000): string {
  return JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'z'.repeat(length) }] });
}

/** As long as what the proxy sends for a client's body of so many bytes of these histories, within a hundredth. */
export function translatedLength(bytes: number): number {
  return Math.round((bytes - 28_400) / 1.436);
}

const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
const WORD = /"(?:text|content)": ?" ?(\d+\.\d+)/g;

/** Sends a request and calls back with every word's time; comes back when the answer has ended. */
export function stream(url: string, body: string, onWord: (time: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        for (const match of text.matchAll(WORD)) onWord(Number(match[1]));
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Milliseconds from a request to the first word of its answer. */
export async function firstDelta(url: string, body: string): Promise<number> {
  const started = performance.now();
  let first = Number.NaN;
  await stream(url, body, () => {
    if (Number.isNaN(first)) first = performance.now() - started;
  });
  return first;
}

/** Milliseconds between the starts of two streams: tools do not all ask at once. */
const APART = 10;

/** Many streams at once: how many words a second each gets, and how old words are when they arrive, in milliseconds. */
export async function load(url: string, bodyOf: (index: number) => string): Promise<object> {
  const ages: number[] = [];
  const rates: number[] = [];
  const one = async (index: number): Promise<void> => {
    const body = bodyOf(index);
    await new Promise((resolve) => setTimeout(resolve, index * APART));
    const times: number[] = [];
    await stream(url, body, (time) => {
      const arrived = performance.timeOrigin + performance.now();
      times.push(arrived);
      ages.push(arrived - time);
    });
    rates.push(((times.length - 1) * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0)));
  };
  await Promise.all(Array.from({ length: STREAMS }, (_, index) => one(index)));
  return {
    streams: STREAMS,
    deltas: ages.length,
    deltas_a_second_of_a_stream: { median: spread(rates).median, least: round(Math.min(...rates)) },
    age_ms: spread(ages),
  };
}

export interface Spread {
  readonly median: number;
  readonly p99: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN);
  return { median: at(0.5), p99: at(0.99) };
}

export function added(through: Spread, direct: Spread): Spread {
  return { median: round(through.median - direct.median), p99: round(through.p99 - direct.median) };
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

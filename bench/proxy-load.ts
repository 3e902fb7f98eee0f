import { Agent, request } from 'node:http';

const STREAMS = 200;

/** Claude Code's requests are about this long: tools, a prompt, and a history of 40 calls. */
export const BODY = JSON.stringify({
  model: 'any',
  max_tokens: 4000,
  stream: true,
  system: 'x'.repeat(20_000),
  tools: [
    tool('Bash', ['command']),
    tool('Read', ['file_path', 'offset', 'limit']),
    tool('Edit', ['file_path', 'old_string', 'new_string']),
    tool('Write', ['file_path', 'content']),
  ],
  messages: [
    { role: 'user', content: 'Fix /home/user/repo/a.py' },
    ...Array.from({ length: 40 }, (_, index) => step(index)).flat(),
  ],
});

function tool(name: string, parameters: readonly string[]): object {
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter, { type: 'string' }]));
  return { name, description: 'y'.repeat(3000), input_schema: { type: 'object', properties } };
}

function step(index: number): object[] {
  const id = `toolu_${index}`;
  const input = { command: `cd /home/user/repo && cat "src/file${index}.py" | head -n 20` };
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id, name: 'Bash', input },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: id, content: `/home/user/repo/src/file${index}.py\n`.repeat(20) },
      ],
    },
  ];
}

export function chatBody(model: string): string {
  return JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'z'.repeat(50_000) }] });
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

/** Milliseconds from a request to the first word of its answer, one request after the other. */
export async function firstDeltas(url: string, count: number, body: string): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    let first: number | undefined;
    await stream(url, body, () => {
      first ??= performance.now() - started;
    });
    times.push(first ?? Number.NaN);
  }
  return times;
}

/** Many streams at once: how old words are when they arrive, in milliseconds. */
export async function load(url: string, body: string): Promise<object> {
  const ages: number[] = [];
  const started = performance.now();
  const streams = Array.from({ length: STREAMS }, () =>
    stream(url, body, (time) => ages.push(performance.timeOrigin + performance.now() - time)),
  );
  await Promise.all(streams);
  const seconds = (performance.now() - started) / 1000;
  return {
    streams: STREAMS,
    deltas_a_second: Math.round(ages.length / seconds),
    seconds: round(seconds),
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

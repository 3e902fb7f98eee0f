import { createServer, type ServerResponse } from 'node:http';

/**
 * A model's server whose answers are known beforehand: the model `paced-N-M` says the time, `N` times, every `M`
 * milliseconds, the first time at once, and no more words than it is asked for. So whoever reads it knows how old each word is.
 */
interface Stream {
  readonly response: ServerResponse;
  readonly every: number;
  readonly usage: boolean;
  left: number;
  next: number;
}

const streams = new Set<Stream>();

const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    const list = { object: 'list', data: [{ id: 'paced-1-0', object: 'model', max_model_len: 32_768 }] };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const asked = JSON.parse(String(Buffer.concat(chunks)));
  const [, count, every] = /^paced-(\d+)-(\d+)$/.exec(asked.model) ?? [];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  request.socket.setNoDelay(true);
  const stream = {
    response,
    every: Number(every),
    usage: asked.stream_options?.include_usage === true,
    left: Math.min(Number(count), asked.max_tokens ?? Number.POSITIVE_INFINITY),
    next: now(),
  };
  response.on('close', () => streams.delete(stream));
  advance(stream);
  if (stream.left > 0) streams.add(stream);
});

setInterval(() => {
  for (const stream of streams) advance(stream);
}, 1);

function advance(stream: Stream): void {
  const time = now();
  while (stream.left > 0 && stream.next <= time) {
    stream.response.write(event({ delta: { content: `${time.toFixed(2)} ` }, finish_reason: null }));
    stream.left -= 1;
    stream.next += stream.every;
  }
  if (stream.left > 0) return;
  streams.delete(stream);
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const end = event({ delta: {}, finish_reason: 'stop' });
  const counted = stream.usage ? `data: ${JSON.stringify({ choices: [], usage })}\n\n` : '';
  stream.response.end(`${end}${counted}data: [DONE]\n\n`);
}

function event(choice: object): string {
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'paced' };
  return `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, ...choice }] })}\n\n`;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

server.keepAliveTimeout = 75_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('listening\n'));

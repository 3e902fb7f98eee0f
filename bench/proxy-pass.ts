import { Agent, createServer, request } from 'node:http';
import { chatBody, translatedLength } from './proxy-load.ts';

/**
 * The least that any proxy in Node does: it reads a request as JSON, sends one as long as the translated one would be,
 * and passes on what comes. What a proxy adds beyond this is its own.
 */
const [port, upstream] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

const server = createServer(async (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  JSON.parse(String(bytes));
  const body = chatBody('paced-5-10', translatedLength(bytes.length));
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const asked = request(`${upstream}/v1/chat/completions`, { method: 'POST', agent, headers }, (answer) => {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    answer.pipe(outgoing);
  });
  asked.end(body);
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('listening\n'));

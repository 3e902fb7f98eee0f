import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { byTurn, type RunningServer, type ServerScript } from './script.ts';

/**
 * Runs a server as a process of its own: `node test/servers/openai.ts --port 0 --script FILE`. The script is a module
 * that exports `answer` and, where wanted, `fault`, `key`, `model`; or a JSON list of answers, one for each turn of a
 * conversation. The first line of standard output is `{"url"}`; after that every request is a line `{"index", "turn"}`.
 */
export async function runStandalone(start: (script: ServerScript) => Promise<RunningServer>): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, script: { type: 'string' } },
  });
  const script: ServerScript =
    values.script === undefined ? { answer: () => ({ content: 'ok' }) } : await load(values.script);
  const server = await start({
    ...script,
    port: Number(values.port),
    answer: (request) => {
      process.stdout.write(`${JSON.stringify({ index: request.index, turn: request.turn })}\n`);
      return script.answer(request);
    },
  });
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

async function load(file: string): Promise<ServerScript> {
  if (extname(file) === '.json') return { answer: byTurn(JSON.parse(await readFile(file, 'utf8'))) };
  return import(pathToFileURL(resolve(file)).href);
}

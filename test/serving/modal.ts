#!/usr/bin/env node
// Plays the modal command: `run` serves until its input ends, `deploy` ends at once, `app` lists and stops.
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const args = process.argv.slice(2);
const [command, file] = args;
const seen = process.env.FAKE_MODAL_SEEN ?? '';
const key = process.env.VLLM_API_KEY ?? process.env.SERA_SERVE_KEY;
const tell = (line: string) => process.stdout.write(`${line}\n`);
appendFileSync(seen, `${JSON.stringify({ args, key })}\n`);

if (process.env.FAKE_MODAL === 'stranger') {
  process.stderr.write(
    'Error: Token missing. Could not authenticate client. If you have token credentials, see modal.com/docs\n',
  );
  process.exit(1);
}
if (command === 'run') run();
if (command === 'deploy')
  tell(
    '├── 🔨 Created web function serve => https://someone--sera-serve-student-serve.modal.run (label truncated)',
  );
if (command === 'app' && file === 'list') {
  tell(
    JSON.stringify([
      {
        app_id: 'ap-1',
        description: 'sera-serve-student',
        state: 'deployed',
        tasks: '0',
        created_at: '2026-11-20 16:00:00+00:00',
        stopped_at: null,
      },
      {
        app_id: 'ap-2',
        description: 'sera-serve-old',
        state: 'stopped',
        tasks: '0',
        created_at: '2026-11-19 16:00:00+00:00',
        stopped_at: '2026-11-19 17:00:00+00:00',
      },
      {
        app_id: 'ap-3',
        description: 'something-else',
        state: 'deployed',
        tasks: '1',
        created_at: '2026-11-19 16:00:00+00:00',
        stopped_at: null,
      },
    ]),
  );
}

function run(): void {
  const server = createServer((request, response) => {
    const well =
      (process.env.FAKE_MODAL !== 'failing' && request.url === '/health') ||
      request.headers.authorization === `Bearer ${key}`;
    response.writeHead(well ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: [{ id: 'student' }] }));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    tell('✓ Initialized. View run at https://modal.com/apps/someone/main/ap-1');
    tell(`app file has ${readFileSync(file ?? '', 'utf8').split('\n').length} lines`);
    tell(JSON.stringify({ sera_url: `http://127.0.0.1:${port}`, model: 'student' }));
    if (process.env.FAKE_MODAL === 'failing') {
      tell('torch.OutOfMemoryError: CUDA out of memory.');
      tell(JSON.stringify({ sera_ended: 1 }));
    }
  });
  process.stdin.resume();
  process.stdin.once('end', () => {
    appendFileSync(seen, `${JSON.stringify({ ended: true })}\n`);
    process.exit(0);
  });
}

#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
// Plays vLLM: takes its options, writes its kind of log, listens as it does. FAKE_ENGINE says what goes wrong.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const script = new Set((process.env.FAKE_ENGINE ?? '').split(','));
const words = process.argv.slice(3); // behind `serve`
const { values, positionals } = parseArgs({
  args: words,
  allowPositionals: true,
  options: {
    'served-model-name': { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'max-model-len': { type: 'string' },
    'max-num-seqs': { type: 'string' },
    'tensor-parallel-size': { type: 'string' },
    'gpu-memory-utilization': { type: 'string' },
    quantization: { type: 'string' },
    'enable-auto-tool-choice': { type: 'boolean' },
    'tool-call-parser': { type: 'string' },
    'enable-prompt-tokens-details': { type: 'boolean' },
  },
});
const log = (line: string) => process.stderr.write(`INFO 11-20 16:00:00 [engine.py:1] ${line}\n`);
const key = process.env.VLLM_API_KEY;

if (process.env.FAKE_ENGINE_SEEN) {
  writeFileSync(
    process.env.FAKE_ENGINE_SEEN,
    JSON.stringify({
      pid: process.pid,
      argv: process.argv,
      key,
      positionals,
      devices: process.env.CUDA_VISIBLE_DEVICES,
    }),
  );
}
if (script.has('deaf'))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => log(`ignoring ${signal}`));
else
  process.once('SIGTERM', () => {
    // Putting things in order takes a while, and a second signal would not let it.
    setTimeout(
      () => {
        log('ended in order');
        process.exit(0);
      },
      script.has('gentle') ? 700 : 0,
    );
  });
if (script.has('worker')) {
  const worker = spawn('sleep', ['600'], { stdio: ['ignore', 'inherit', 'inherit'] });
  log(`worker ${worker.pid}`);
}
log(`vLLM API server version 0.33.0, model ${positionals[0]}`);
process.stderr.write(
  'Loading safetensors checkpoint shards:  25% Completed\rLoading safetensors checkpoint shards:  50% Completed\r',
);

if (script.has('leak')) {
  process.stderr.write(`ServerArgs(api_key='${key?.slice(0, 9)}`);
  setTimeout(() => process.stderr.write(`${key?.slice(9)}', host='sk-')\n`), 100);
}
if (script.has('memory')) {
  log('Starting to load model');
  process.stderr.write(
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.65 GiB\n',
  );
  process.exit(1);
}
if (script.has('cache')) {
  process.stderr.write(
    "ValueError: To serve at least one request with the model's max seq len (32768), (8.0 GiB KV cache is needed, which is larger than the available KV cache memory (6.1 GiB). Based on the available memory, the estimated maximum model length is 24976. Try increasing `gpu_memory_utilization`\n",
  );
  process.exit(1);
}
if (script.has('missing')) {
  process.stderr.write(
    `OSError: ${positionals[0]} is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models'\n`,
  );
  process.exit(1);
}
if (script.has('odd')) process.exit(7);
if (script.has('hang')) setInterval(() => undefined, 1_000);
else setTimeout(listen, script.has('slow') ? 400 : 0);

function listen(): void {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.url === '/health') answer(200, {});
    else if (request.headers.authorization !== `Bearer ${key}`) answer(401, { error: 'Unauthorized' });
    else answer(200, { object: 'list', data: [{ id: values['served-model-name'], object: 'model' }] });
  });
  server.listen(Number(values.port), values.host, () => {
    log('Application startup complete.');
    if (script.has('dies')) setTimeout(() => process.exit(3), 500);
  });
}

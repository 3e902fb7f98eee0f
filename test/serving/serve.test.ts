import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort, untilGone, useBenches } from './sera.ts';
import { writeStudent } from './student.ts';

const seen = z.object({
  pid: z.number(),
  argv: z.array(z.string()),
  key: z.string(),
  devices: z.string().optional(),
});

const openBench = useBenches();

/** A machine of a test's own: a model, two GPUs, an engine that is installed, a port. */
async function machine() {
  const bench = await openBench();
  const student = await writeStudent(bench.path('student'));
  await bench.installEngine();
  const port = String(await freePort());
  return {
    bench,
    student,
    port,
    serve: (faults = '', ...more: string[]) =>
      bench.start(['serve', student, '--port', port, ...more], {
        FAKE_ENGINE: faults,
        FAKE_ENGINE_SEEN: bench.path('seen'),
      }),
    engineSeen: async () => seen.parse(JSON.parse(await readFile(bench.path('seen'), 'utf8'))),
    ask: (path: string, key?: string) =>
      fetch(`http://127.0.0.1:${port}${path}`, key ? { headers: { authorization: `Bearer ${key}` } } : {}),
  };
}

describe.concurrent('sera serve', () => {
  test('starts the engine, says when it answers and what to type next, and ends it at Ctrl-C', async () => {
    const { bench, port, serve, engineSeen, ask } = await machine();
    const sera = serve('worker');
    await sera.until('sera proxy');
    const { pid, argv, key, devices } = await engineSeen();
    expect(sera.output.err).toMatch(/ready after \d+s: student at http:\/\/127\.0\.0\.1:\d+\/v1/);
    expect(sera.output.err).toContain(
      `sera code claude --upstream http://127.0.0.1:${port}/v1 --api-key-env`,
    );
    expect(argv.join(' ')).toContain('--tensor-parallel-size 1 --gpu-memory-utilization 0.9');
    expect(devices).toBe('1'); // the emptier one
    expect((await ask('/v1/models', key)).status).toBe(200);
    expect((await ask('/v1/models')).status).toBe(401);

    const log = await readFile(bench.state('student.log'), 'utf8');
    const worker = Number(/worker (\d+)/.exec(log)?.[1]);
    sera.child.kill('SIGINT');
    expect(await sera.status).toBe(130);
    await Promise.all([untilGone(pid), untilGone(worker)]);
    expect(await readdir(bench.state('.'))).toEqual(['student.log']);
  });

  test('makes a new key each time, shows it nowhere, and keeps it in a file of the user alone', async () => {
    const { bench, serve, engineSeen } = await machine();
    const sera = serve();
    await sera.until('sera proxy');
    const { key, argv } = await engineSeen();
    const file = bench.state('student.key');
    expect((await readFile(file, 'utf8')).trim()).toBe(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(bench.state('.'))).mode & 0o777).toBe(0o700);
    expect(key.length).toBeGreaterThan(40);
    expect(sera.output.err + sera.output.out + argv.join(' ')).not.toContain(key);
    sera.child.kill('SIGTERM');
    await sera.status;
  });

  test('leaves the key out of the log of an engine that tells it', async () => {
    const { bench, serve, engineSeen } = await machine();
    const sera = serve('leak,slow');
    await sera.until('sera proxy');
    const { key } = await engineSeen();
    sera.child.kill('SIGTERM');
    await sera.status;
    const log = await readFile(bench.state('student.log'), 'utf8');
    expect(log).toContain("ServerArgs(api_key='(key)', host='sk-')\n");
    expect(log + sera.output.err).not.toContain(key);
  });

  test('takes the key from a variable that is named', async () => {
    const { bench, student, port, ask } = await machine();
    const sera = bench.start(['serve', student, '--port', port, '--api-key-env', 'MY_KEY'], {
      MY_KEY: 'sk-mine',
      FAKE_ENGINE_SEEN: bench.path('seen'),
    });
    await sera.until('sera proxy');
    expect((await ask('/v1/models', 'sk-mine')).status).toBe(200);
    sera.child.kill('SIGINT');
    await sera.status;
    expect(await bench.run(['serve', student, '--api-key-env', 'NO_KEY'])).toMatchObject({ status: 2 });
  });

  test('waits for a slow engine and shows its last line meanwhile', async () => {
    const { port, serve } = await machine();
    const sera = serve('slow', '--json');
    await sera.until('ready after');
    expect(sera.output.err).toContain('vLLM starts');
    await sera.until('sera proxy');
    expect(JSON.parse(sera.output.out)).toMatchObject({
      name: 'student',
      model: 'student',
      url: `http://127.0.0.1:${port}/v1`,
    });
    sera.child.kill('SIGINT');
    await sera.status;
  });

  test.each([
    ['memory', 'status 1', 'the GPU ran out of memory', 'CUDA out of memory. Tried to allocate'],
    ['cache', 'status 1', 'use --context 24976', 'To serve at least one request'],
    ['missing', 'status 1', 'the Hub has no such model', 'is not a local folder'],
    ['odd', 'status 7', 'see its log', 'Loading safetensors checkpoint shards:  50% Completed'],
  ])(
    'an engine that fails (%s) is told by status, cause and the end of its log',
    async (fault, status, cause, line) => {
      const { serve } = await machine();
      const sera = serve(fault);
      expect(await sera.status).toBe(1);
      expect(sera.output.err).toContain(status);
      expect(sera.output.err).toContain(cause);
      expect(sera.output.err).toContain(line);
      expect(sera.output.err.trim().split('\n').at(-1)).toMatch(/^sera: vLLM ended with/);
    },
  );

  test('an engine that dies while it serves ends the command with its log', async () => {
    const { serve } = await machine();
    const sera = serve('dies');
    expect(await sera.status).toBe(1);
    expect(sera.output.err).toContain('ready after');
    expect(sera.output.err).toContain('vLLM ended with status 3');
  });

  test('an engine that never answers is given up and ended', async () => {
    const { serve, engineSeen } = await machine();
    const sera = serve('hang', '--timeout', '1');
    expect(await sera.status).toBe(1);
    expect(sera.output.err).toContain('did not answer within 1 s');
    await untilGone((await engineSeen()).pid);
  });

  test('a second Ctrl-C ends an engine at once that does not listen to the first', async () => {
    const { serve, engineSeen } = await machine();
    const sera = serve('deaf,worker');
    await sera.until('sera proxy');
    const { pid } = await engineSeen();
    sera.child.kill('SIGINT');
    await sera.until('Ctrl-C again');
    sera.child.kill('SIGINT');
    expect(await sera.status).toBe(130);
    await untilGone(pid);
  });

  test('Ctrl-C while it starts ends it too', async () => {
    const { bench, student, port, serve, engineSeen } = await machine();
    const sera = serve('hang');
    await sera.until('GPU');
    while (
      !(await readFile(bench.state('student.log'), 'utf8').catch(() => '')).includes('vLLM API server')
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const listed = await bench.run(['serve', '--list', '--json']);
    expect(JSON.parse(listed.out)).toMatchObject({ name: 'student', state: 'starts' });
    expect((await bench.run(['serve', student, '--port', port])).err).toContain('student runs already');
    sera.child.kill('SIGINT');
    expect(await sera.status).toBe(130);
    await untilGone((await engineSeen()).pid);
    expect((await bench.run(['serve', '--list'])).err).toContain('no servers');
  });

  test('no engine outlives a command that is killed', async () => {
    const { serve, engineSeen } = await machine();
    const sera = serve('worker');
    await sera.until('sera proxy');
    const { pid } = await engineSeen();
    sera.child.kill('SIGKILL');
    await sera.status;
    await untilGone(pid);
  });

  test('a port that is taken is named before anything starts', async () => {
    const { port, serve } = await machine();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
    const sera = serve();
    expect(await sera.status).toBe(2);
    expect(sera.output.err).toContain(`another program listens on port ${port}`);
    server.close();
  });

  test('an engine that is not installed is named with what to do', async () => {
    const { bench, student, port } = await machine();
    await rm(bench.path('bin', 'vllm'));
    const { status, err } = await bench.run(['serve', student, '--port', port]);
    expect(status).toBe(1);
    expect(err.trim().split('\n').at(-1)).toBe(
      'sera: vLLM is not installed here: pip install vllm, or use --modal or --compose',
    );
    const sglang = await bench.run(['serve', student, '--port', port, '--engine', 'sglang']);
    expect(sglang.err).toContain('SGLang is not installed here: pip install sglang');
  });

  test('without a GPU nothing is started, and one line says what to do', async () => {
    const { bench, student, port } = await machine();
    await rm(bench.path('bin', 'nvidia-smi'));
    const { status, err } = await bench.run(['serve', student, '--port', port]);
    expect(status).toBe(1);
    expect(err.trim().split('\n').at(-1)).toMatch(/^sera: nvidia-smi finds no GPU here: use --modal/);
  });

  test('what does not fit is not started unless it is forced', async () => {
    const { bench, port } = await machine();
    const config = {
      hidden_size: 8192,
      num_hidden_layers: 80,
      num_attention_heads: 64,
      num_key_value_heads: 64,
      vocab_size: 128_256,
    };
    const large = await writeStudent(bench.path('large'), { config });
    const refused = await bench.run(['serve', large, '--port', port, '--gpus', '1']);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(
      /large does not fit: each GPU needs .* 80\.0 GiB for 32,768 tokens .*; try --gpus 2 or --context/,
    );
    const forced = bench.start(['serve', large, '--port', port, '--gpus', '1', '--force']);
    await forced.until('ready after');
    forced.child.kill('SIGINT');
    expect(await forced.status).toBe(130);
  });
});

describe.concurrent('sera serve --dry-run', () => {
  test('prints the command alone on standard output, with what follows -- behind it', async () => {
    const { bench, student } = await machine();
    const { out, status } = await bench.run([
      'serve',
      student,
      '--dry-run',
      '--quantization',
      'fp8',
      '--',
      '--seed',
      'a b',
    ]);
    expect(status).toBe(0);
    expect(out).toBe(
      `vllm serve ${student} --served-model-name student --host 127.0.0.1 --port 8000 --max-model-len 32768 ` +
        '--max-num-seqs 64 --tensor-parallel-size 1 --gpu-memory-utilization 0.9 --quantization fp8 --enable-auto-tool-choice ' +
        "--tool-call-parser hermes --enable-prompt-tokens-details --seed 'a b'\n",
    );
  });

  test('as JSON tells the memory', async () => {
    const { bench, student } = await machine();
    const { out } = await bench.run(['serve', student, '--dry-run', '--json'], {
      CUDA_VISIBLE_DEVICES: 'GPU-aaaa',
    });
    const plan = JSON.parse(out);
    expect(plan).toMatchObject({
      engine: 'vllm',
      gpus: 1,
      context: 32_768,
      faults: [],
      key_environment: 'VLLM_API_KEY',
    });
    expect(plan.fit).toMatchObject({ fits: true, gpus: [{ id: 'GPU-aaaa', used: 4 * 2 ** 20 }] });
  });

  test.each([
    [[], 'name a model'],
    [['x/y', '--engine', 'llama'], 'choose vllm or sglang'],
    [['x/y', '--context', '0'], 'a whole number from 1 on'],
    [['x/y', '--port', '70000'], 'a port, between 0 and 65535'],
    [['x/y', '--gpu', 'H1000', '--dry-run'], 'choose T4'],
    [['x/y', '--gpu', 'H100'], '--gpu plans for another machine'],
    [['x/y', '--detach'], '--detach needs --modal'],
    [['x/y', '--compose', '--kubernetes'], 'exclude each other'],
    [['--stop', 'nobody'], 'no server is called nobody'],
  ])('%j is wrong usage', async (args, words) => {
    const { bench } = await machine();
    const { status, err, out } = await bench.run(['serve', ...args]);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(words);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe.concurrent('what runs', () => {
  test('is listed, not started twice under one name, and stopped by name', async () => {
    const { bench, student, port, serve } = await machine();
    const sera = serve();
    await sera.until('sera proxy');
    const listed = await bench.run(['serve', '--list', '--json']);
    expect(JSON.parse(listed.out)).toMatchObject({
      name: 'student',
      place: 'here',
      state: 'runs',
      url: `http://127.0.0.1:${port}/v1`,
    });
    const twice = await bench.run(['serve', student, '--port', String(await freePort())]);
    expect(twice).toMatchObject({ status: 2 });
    expect(twice.err).toContain('sera serve --stop student');
    expect(await bench.run(['serve', '--stop', 'student'])).toMatchObject({ status: 0 });
    expect(await sera.status).toBe(130);
    expect((await bench.run(['serve', '--list'])).err).toContain('no servers');
  });
});

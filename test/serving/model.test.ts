import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/error.ts';
import { openModel, ServingError } from '../../src/serving/index.ts';
import { writeStudent } from './student.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sera-model-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a folder', () => {
  test('tells its size, and that nothing is wrong with it', async () => {
    const model = await openModel(await writeStudent(join(folder, 'student')), {});
    expect(model).toMatchObject({ place: 'folder', name: 'student', faults: [], warnings: [] });
    expect(model.shape?.attentionHeads).toBe(4);
    expect(model.weightBytes).toBeGreaterThan(8);
  });

  test('whose weights carry the wrapper of activation checkpointing in their names is refused', async () => {
    const path = await writeStudent(join(folder, 'wrapped'), {
      tensors: ['model.layers.0._checkpoint_wrapped_module.mlp.weight'],
    });
    expect((await openModel(path, {})).faults[0]).toContain('_checkpoint_wrapped_module');
  });

  test.each([
    ['{{ messages }}', 'leaves out the tools'],
    [null, 'has no chat template'],
  ])('with the chat template %j is warned of', async (template, words) => {
    const path = await writeStudent(join(folder, 'template'), { template });
    expect((await openModel(path, {})).warnings[0]).toContain(words);
  });

  test('that lacks a file of weights is refused, by the name of the file', async () => {
    const files = ['model.safetensors', 'model-2.safetensors'];
    const path = await writeStudent(join(folder, 'partial'), { index: files });
    expect((await openModel(path, {})).faults[0]).toContain('1 of 2 files of weights (model-2.safetensors)');
  });

  test('with a file of weights that is cut short is refused', async () => {
    const path = await writeStudent(join(folder, 'cut'));
    for (const bytes of [
      Buffer.alloc(3),
      Buffer.alloc(8, 0xff),
      Buffer.concat([Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('not json!')]),
    ]) {
      await writeFile(join(path, 'model.safetensors'), bytes);
      expect((await openModel(path, {})).faults[0]).toContain('damaged');
    }
  });

  const ADAPTER = JSON.stringify({ base_model_name_or_path: 'Qwen/Qwen3-32B', r: 24 });
  test.each([
    [
      'an adapter',
      { 'adapter_config.json': ADAPTER },
      'sera serve Qwen/Qwen3-32B -- --enable-lora --max-lora-rank 32',
    ],
    ['an adapter of who knows what', { 'adapter_config.json': '{' }, 'merge it into its base model'],
    ['GGUF', { 'student.gguf': '' }, 'made for llama.cpp'],
    ['checkpoints', { 'checkpoint-9/config.json': '', 'checkpoint-10/config.json': '' }, '/checkpoint-10'],
    ['shards', { 'pytorch_model_fsdp_0/__0_0.distcp': '' }, 'shards of a training'],
    ['a configuration alone', { 'config.json': '{}' }, 'holds no weights'],
    ['weights alone', { 'model.safetensors': '' }, 'has no config.json'],
    ['nothing', {}, 'has no config.json'],
  ])('that holds %s is told apart from a model, in one line', async (_, files, words) => {
    const path = await mkdtemp(join(folder, 'other-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), text);
    }
    const { faults, warnings } = await openModel(path, {});
    expect({ faults, warnings }).toEqual({ faults: [expect.stringContaining(words)], warnings: [] });
  });

  test('is wanted, not a file', async () => {
    const path = join(folder, 'student.gguf');
    await writeFile(path, '');
    await expect(openModel(path, {})).rejects.toThrow(/made for llama\.cpp/);
  });
});

test.each(['no/such/folder', '../x/y', './nothing', 'a b', '', '--port', 'a/../b'])(
  '%j is no model',
  async (text) => {
    await expect(openModel(text, { HF_ENDPOINT: 'http://127.0.0.1:1' })).rejects.toThrow(UsageError);
  },
);

describe('the Hub', () => {
  let server: Server;
  let url: string;
  const asked: (string | undefined)[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      const path = new URL(request.url ?? '/', 'http://hub').pathname;
      const status = path.includes('gated')
        ? 403
        : path.includes('private') && !request.headers.authorization
          ? 401
          : path.endsWith('/gguf/resolve/main/config.json')
            ? 404
            : 200;
      const body = path.startsWith('/api/models/')
        ? {
            _id: '1',
            id: 'a/b',
            modelId: 'a/b',
            downloads: 1,
            likes: 1,
            private: false,
            gated: false,
            lastModified: '2026-01-01T00:00:00Z',
            safetensors: { parameters: { BF16: 1000, F32: 10 }, total: 1010 },
          }
        : { hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, vocab_size: 10 };
      const text = JSON.stringify(status === 200 ? body : { error: 'no' });
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(status === 404 && { 'x-error-code': 'EntryNotFound' }),
        etag: '"e"',
        'content-length': Buffer.byteLength(text),
        'content-range': `bytes 0-${Buffer.byteLength(text) - 1}/${Buffer.byteLength(text)}`,
      });
      response.end(request.method === 'HEAD' ? undefined : text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  });
  afterAll(() => server.close());
  const environment = (more: object = {}) => ({ HF_ENDPOINT: url, HF_HOME: join(folder, 'none'), ...more });

  test('tells the bytes of the weights by type, and the shape', async () => {
    const model = await openModel('a/b', environment());
    expect(model).toMatchObject({ place: 'hub', source: 'a/b', weightBytes: 2040, warnings: [] });
    expect(model.shape?.cachedLayers).toBe(2);
  });

  test('opens a private model to the holder of the token, and to nobody else', async () => {
    await expect(openModel('a/private', environment())).rejects.toThrow(/private one needs HF_TOKEN/);
    expect((await openModel('a/private', environment({ HF_TOKEN: 'hf_x' }))).weightBytes).toBe(2040);
    expect(asked).toContain('Bearer hf_x');
  });

  test('that has no configuration of it may have an adapter, or GGUF', async () => {
    expect((await openModel('a/gguf', environment())).faults[0]).toContain('no config.json on the Hub');
  });

  test('that wants its terms accepted says so', async () => {
    await expect(openModel('a/gated', environment())).rejects.toThrow(ServingError);
  });

  test('that cannot be reached leaves the size open, since the engine may have the model', async () => {
    const model = await openModel('a/b', {
      HF_ENDPOINT: 'http://127.0.0.1:1',
      HF_HOME: join(folder, 'none'),
    });
    expect(model.weightBytes).toBeUndefined();
    expect(model.warnings[0]).toContain('could not be asked');
  });

  test('is not asked for what its cache holds whole', async () => {
    const cache = join(folder, 'home', 'hub', 'models--a--cached');
    await writeStudent(join(cache, 'snapshots', 'c0ffee'));
    await writeStudent(join(cache, 'refs'));
    await writeFile(join(cache, 'refs', 'main'), 'c0ffee');
    const model = await openModel('a/cached', {
      HF_ENDPOINT: 'http://127.0.0.1:1',
      HF_HOME: join(folder, 'home'),
    });
    expect(model).toMatchObject({ place: 'hub', source: 'a/cached', name: 'a/cached', warnings: [] });
    expect(model.weightBytes).toBeGreaterThan(8);
  });
});

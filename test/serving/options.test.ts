import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ENGINES, type Engine, type EngineSettings, openModel, planServe } from '../../src/serving/index.ts';
import { CONFIG, writeStudent } from './student.ts';
import { runPython } from './venv.ts';

const run = promisify(execFile);
const script = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sera-wheels', import.meta.url));

const SETTINGS: EngineSettings = {
  model: 'Qwen/Qwen3-32B',
  name: 'student',
  host: '127.0.0.1',
  port: 8123,
  context: 32_768,
  gpus: 2,
  utilization: 0.95,
  quantization: 'fp8',
  overrides: { max_position_embeddings: 32_768 },
  more: [],
};

/** Where the options stand in each wheel. */
const PLACES = {
  vllm: 'vllm/entrypoints/common/cli_args.py,vllm/engine/arg_utils.py,vllm/tool_parsers/__init__.py,vllm/envs.py',
  sglang: 'sglang/srt/server_args.py,sglang/srt/arg_groups/fields/,sglang/srt/function_call/parser_names.py',
};

/** @returns the wheel of the version that is named in the code, or why there is none */
async function wheelOf({ name, version }: Engine): Promise<{ path: string } | string> {
  const find = async () => (await readdir(CACHE)).find((file) => file.startsWith(`${name}-${version}-`));
  await mkdir(CACHE, { recursive: true });
  const args = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--dest',
    CACHE,
    `${name}==${version}`,
  ];
  try {
    if (!(await find())) await run('python3', args, { timeout: 150_000 });
    const file = await find();
    return file ? { path: join(CACHE, file) } : `pip downloaded no wheel of ${name} ${version}`;
  } catch (error) {
    return `pip cannot download ${name} ${version}: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

describe.each(Object.values(ENGINES))('the command for $title', (engine) => {
  test('has options that this version knows, and a parser of tool calls', async (context) => {
    const wheel = await wheelOf(engine);
    if (typeof wheel === 'string') return context.skip(wheel);
    const told = JSON.parse(
      await runPython('python3', await script('./wheel_options.py'), [wheel.path, PLACES[engine.name]]),
    );
    const command = engine.command(SETTINGS);
    const used = command.filter((word) => word.startsWith('--'));
    expect(used.length).toBeGreaterThan(8);
    expect(told.options).toEqual(expect.arrayContaining(used));
    expect(told.options).not.toContain('--no-such-option');
    expect(told.words).toContain(command[command.indexOf('--tool-call-parser') + 1]);
    expect(told.options.concat(told.words)).toContain(
      'option' in engine.key ? engine.key.option : engine.key.variable,
    );
  }, 180_000);
});

/** @returns what an engine's own parser reads from these words */
async function understand(engine: Engine, python: string, words: readonly string[]): Promise<unknown> {
  const output = await runPython(python, await script(`./${engine.name}_parser.py`), words);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

/** @returns a Python that has the engine, or why there is none */
async function pythonWith({ name }: Engine): Promise<{ python: string } | string> {
  const variable = `SERA_TEST_${name.toUpperCase()}_PYTHON`;
  const python = process.env[variable] ?? 'python3';
  try {
    await runPython(python, `import ${name}`);
    return { python };
  } catch {
    return `${python} has no ${name}; ${variable} names one that has`;
  }
}

test("vLLM's own parser understands every word as it was meant", async (context) => {
  const found = await pythonWith(ENGINES.vllm);
  if (typeof found === 'string') return context.skip(found);
  const [, ...words] = ENGINES.vllm.command(SETTINGS);
  expect(await understand(ENGINES.vllm, found.python, words)).toMatchObject({
    subparser: 'serve',
    model_tag: 'Qwen/Qwen3-32B',
    served_model_name: ['student'],
    host: '127.0.0.1',
    port: 8123,
    max_model_len: 32_768,
    max_num_seqs: 64,
    tensor_parallel_size: 2,
    gpu_memory_utilization: 0.95,
    quantization: 'fp8',
    hf_overrides: SETTINGS.overrides,
    enable_auto_tool_choice: true,
    tool_call_parser: 'hermes',
    enable_prompt_tokens_details: true,
    api_key: null,
  });
  await expect(understand(ENGINES.vllm, found.python, [...words, '--no-such-option'])).rejects.toThrow(
    /unrecognized/,
  );
}, 180_000);

test('vLLM takes the longer context that YaRN is to give', async (context) => {
  const found = await pythonWith(ENGINES.vllm);
  if (typeof found === 'string') return context.skip(found);
  const folder = await mkdtemp(join(tmpdir(), 'sera-context-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const config = { ...CONFIG, model_type: 'qwen3', rope_theta: 1_000_000 };
  const model = await openModel(await writeStudent(join(folder, 'student'), { config }), {});
  const { settings } = planServe({ ...SETTINGS, model, engine: ENGINES.vllm, gpus: [], context: 65_536 });
  const words = [model.source, '65536', JSON.stringify(settings.overrides)];
  const output = await runPython(found.python, await script('./vllm_context.py'), words);
  expect(JSON.parse(output.trim().split('\n').at(-1) ?? '')).toMatchObject({
    context: 65_536,
    rotation: { rope_type: 'yarn', factor: 2, rope_theta: 1_000_000 },
  });
  await expect(
    runPython(found.python, await script('./vllm_context.py'), [model.source, '65536', '{}']),
  ).rejects.toThrow(/greater than the derived max_model_len/);
}, 180_000);

test("SGLang's own parser understands every word, and the file with the key", async (context) => {
  const found = await pythonWith(ENGINES.sglang);
  if (typeof found === 'string') return context.skip(found);
  const { key } = ENGINES.sglang;
  if (!('option' in key)) throw new Error('SGLang takes its key from a file');
  const folder = await mkdtemp(join(tmpdir(), 'sera-options-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const options = join(folder, 'options.yaml');
  await writeFile(options, key.file('sk-a_b-1'));
  const [, , , ...words] = ENGINES.sglang.command(SETTINGS);
  expect(await understand(ENGINES.sglang, found.python, [...words, key.option, options])).toMatchObject({
    model_path: 'Qwen/Qwen3-32B',
    served_model_name: 'student',
    host: '127.0.0.1',
    port: 8123,
    context_length: 32_768,
    tp_size: 2,
    quantization: 'fp8',
    json_model_override_args: JSON.stringify(SETTINGS.overrides),
    tool_call_parser: 'qwen25',
    enable_cache_report: true,
    enable_metrics: true,
    api_key: 'sk-a_b-1',
  });
}, 180_000);

import { type Engine, REQUESTS_AT_ONCE } from './engine.ts';

/**
 * vLLM. The student calls tools in Hermes notation; usage tells how much of the prompt came from the prefix cache.
 * Options: `vllm/entrypoints/common/cli_args.py` and `vllm/engine/arg_utils.py`.
 */
export const vllm: Engine = {
  name: 'vllm',
  title: 'vLLM',
  version: '0.33.0',
  image: 'vllm/vllm-openai:v0.33.0',
  key: { variable: 'VLLM_API_KEY' },
  caches: ['/root/.cache/huggingface', '/root/.cache/vllm'],
  command: ({ model, name, host, port, context, gpus, utilization, quantization, overrides, more }) => [
    'vllm',
    'serve',
    model,
    ...['--served-model-name', name],
    ...['--host', host, '--port', String(port)],
    ...['--max-model-len', String(context)],
    ...['--max-num-seqs', String(REQUESTS_AT_ONCE)],
    ...['--tensor-parallel-size', String(gpus)],
    ...(utilization === undefined ? [] : ['--gpu-memory-utilization', String(utilization)]),
    ...(quantization === undefined ? [] : ['--quantization', quantization]),
    ...(overrides === undefined ? [] : ['--hf-overrides', JSON.stringify(overrides)]),
    ...['--enable-auto-tool-choice', '--tool-call-parser', 'hermes'],
    '--enable-prompt-tokens-details',
    ...more,
  ],
};

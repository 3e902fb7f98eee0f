import { stringify } from 'yaml';
import type { Engine } from './engine.ts';

/**
 * SGLang, whose `qwen25` parser reads the student's notation. It takes the key as an option alone, so it gets it in a
 * file of options that only the user can read. Memory beside the weights it divides up by itself.
 * Options: `sglang/srt/server_args.py` and `sglang/srt/arg_groups`.
 */
export const sglang: Engine = {
  name: 'sglang',
  title: 'SGLang',
  version: '0.5.23',
  image: 'lmsysorg/sglang:v0.5.23',
  key: { option: '--config', file: (key) => stringify({ 'api-key': key }) },
  caches: ['/root/.cache/huggingface', '/root/.cache/sglang'],
  command: ({ model, name, host, port, context, gpus, quantization, overrides, more }) => [
    ...['python3', '-m', 'sglang.launch_server'],
    ...['--model-path', model],
    ...['--served-model-name', name],
    ...['--host', host, '--port', String(port)],
    ...['--context-length', String(context)],
    ...['--tp-size', String(gpus)],
    ...(quantization === undefined ? [] : ['--quantization', quantization]),
    ...(overrides === undefined ? [] : ['--json-model-override-args', JSON.stringify(overrides)]),
    ...['--tool-call-parser', 'qwen25'],
    ...['--enable-cache-report', '--enable-metrics'],
    ...more,
  ],
};

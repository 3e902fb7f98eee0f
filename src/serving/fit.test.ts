import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../error.ts';
import { vllm } from './engine/vllm.ts';
import { chooseFit, divisions } from './fit.ts';
import { type Gpu, gpuKind } from './gpu.ts';
import type { Model } from './model/model.ts';
import { readShape } from './model/shape.ts';
import { planServe } from './plan.ts';

const QWEN3_32B = {
  hidden_size: 5120,
  num_hidden_layers: 64,
  num_attention_heads: 64,
  num_key_value_heads: 8,
  head_dim: 128,
  vocab_size: 151_936,
  tie_word_embeddings: false,
  max_position_embeddings: 40_960,
  rope_scaling: null,
};
const GIB = 2 ** 30;

function modelOf(config: object, weightBytes: number): Model {
  const shape = readShape(config);
  if (!shape) throw new Error('no shape');
  return { source: 'a/b', place: 'hub', name: 'a/b', shape, weightBytes, faults: [], warnings: [] };
}

function plan(
  model: Model,
  gpus: readonly Gpu[],
  more: { context?: number; wanted?: number; quantization?: string } = {},
) {
  return planServe({
    model,
    engine: vllm,
    gpus,
    context: 32_768,
    host: '127.0.0.1',
    port: 8000,
    more: [],
    ...more,
  });
}

const student = modelOf(QWEN3_32B, 65_524_246_528);
const several = (kind: string, count: number) => Array.from({ length: count }, () => gpuKind(kind));

describe('whether a model fits', () => {
  test('a request of 32,768 tokens of Qwen3-32B takes 8 GiB of cache', () => {
    expect(plan(student, several('H100', 1)).fit?.cache).toBe(8 * GIB);
  });

  test('Qwen3-32B with 32,768 tokens fits one GPU of 80 GB, of which it then takes more than nine tenths', () => {
    const { fit, faults, command } = plan(student, several('H100', 8));
    expect(fit).toMatchObject({ fits: true, utilization: 0.95 });
    expect(fit?.gpus).toHaveLength(1);
    expect(faults).toEqual([]);
    expect(command.join(' ')).toContain('--gpu-memory-utilization 0.95');
  });

  test('it needs two GPUs of 48 GB, each with half of weights and cache', () => {
    const { fit, command } = plan(student, several('L40S', 4));
    expect(fit).toMatchObject({ fits: true, cache: 4 * GIB });
    expect(fit?.gpus).toHaveLength(2);
    expect(command.join(' ')).toContain('--tensor-parallel-size 2');
  });

  test('where it does not fit the line tells the numbers and what would do', () => {
    const { faults } = plan(student, several('L40S', 1));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('61.0 GiB of weights, 8.0 GiB for 32,768 tokens');
    expect(faults[0]).toContain('42.7 GiB of 44.9 GiB');
    expect(faults[0]).toContain('2 GPUs like this');
    expect(faults[0]).not.toContain('--context');
  });

  test('fp8 halves the weights but for the embeddings, and is offered where it is enough', () => {
    const [fault] = plan(student, several('L40S', 1)).faults;
    const small = plan(student, several('L40S', 1), { quantization: 'fp8' });
    expect(fault?.includes('--quantization fp8')).toBe(small.fit?.fits);
    const embeddings = 2 * 151_936 * 5120 * 2;
    expect(small.fit?.weights).toBe(embeddings + (65_524_246_528 - embeddings) / 2);
  });

  test('a checkpoint that is quantized already stays as it is', () => {
    const model = modelOf({ ...QWEN3_32B, quantization_config: { quant_method: 'fp8' } }, 33e9);
    expect(plan(model, several('H100', 1), { quantization: 'fp8' }).fit?.weights).toBe(33e9);
  });

  test('memory in use by others is not planned with, and the emptiest GPU is taken', () => {
    const [gpu] = several('H100', 1);
    if (!gpu) return;
    const busy = { ...gpu, id: '0', used: 40 * GIB };
    expect(plan(student, [busy], { wanted: 1 }).faults[0]).toContain('40.0 GiB of it in use by others');
    expect(plan(student, [busy, { ...gpu, id: '1' }]).fit?.gpus.map(({ id }) => id)).toEqual(['1']);
  });

  test('more context than the model knows is refused, unless the configuration stretches it', () => {
    expect(plan(student, several('H200', 1), { context: 65_536 }).faults[0]).toContain('use --context 40960');
    const stretched = modelOf({ ...QWEN3_32B, rope_scaling: { rope_type: 'yarn', factor: 4 } }, 65e9);
    expect(plan(stretched, several('H200', 1), { context: 65_536 }).faults).toEqual([]);
  });

  test('more context than was trained is stretched by YaRN, four times at most, with a warning', () => {
    const rotary = modelOf({ ...QWEN3_32B, model_type: 'qwen3', rope_theta: 1_000_000 }, 65e9);
    const { command, faults, warnings } = plan(rotary, several('H200', 1), { context: 65_536 });
    expect({ faults, warnings }).toEqual({ faults: [], warnings: [expect.stringContaining('YaRN')] });
    expect(JSON.parse(command[command.indexOf('--hf-overrides') + 1] ?? '')).toEqual({
      max_position_embeddings: 65_536,
      rope_parameters: {
        rope_type: 'yarn',
        factor: 2,
        original_max_position_embeddings: 32_768,
        rope_theta: 1_000_000,
      },
    });
    expect(plan(rotary, several('H200', 1), { context: 40_960 }).command).not.toContain('--hf-overrides');
    expect(plan(rotary, several('H200', 8), { context: 131_073 }).faults[0]).toContain('--context 131072');
  });

  test('what is stored quantized is not quantized once more', () => {
    const awq = modelOf({ ...QWEN3_32B, quantization_config: { quant_method: 'awq' } }, 19e9);
    const faultOf = (quantization: string) => plan(awq, several('H100', 1), { quantization }).faults[0];
    expect(faultOf('fp8')).toContain('leave out --quantization fp8');
    expect(faultOf('awq_marlin')).toBeUndefined();
  });

  test('a number of GPUs that cannot share the heads, or that are not there, is wrong usage', () => {
    expect(() => plan(student, several('H100', 8), { wanted: 3 })).toThrow(UsageError);
    expect(() => plan(student, several('H100', 8), { wanted: 3 })).toThrow(/1, 2/);
    expect(() => plan(student, several('H100', 1), { wanted: 2 })).toThrow(/has 1 /);
  });

  test('a context that is advised fits', () => {
    const memory = fc.integer({ min: 8, max: 200 });
    fc.assert(
      fc.property(memory, fc.integer({ min: 1, max: 150 }), (gigabytes, weight) => {
        const gpu = { name: 'X', memory: gigabytes * GIB, used: 0 };
        const model = modelOf(QWEN3_32B, weight * GIB);
        const advised = /--context (\d+)/.exec(plan(model, [gpu]).faults[0] ?? '')?.[1];
        if (advised === undefined) return;
        expect(plan(model, [gpu], { context: Number(advised) }).fit?.fits).toBe(true);
      }),
    );
  });

  test('more GPUs never need more memory each', () => {
    const shape = readShape(QWEN3_32B);
    if (!shape) throw new Error('no shape');
    const request = { shape, weightBytes: 65e9, context: 32_768 };
    const each = divisions(shape, 16).map((n) => {
      const { weights, cache } = chooseFit(request, several('H100', 16), n);
      return weights + cache;
    });
    expect(each).toEqual(each.toSorted((a, b) => b - a));
    expect(each).toHaveLength(5);
  });
});

describe('a configuration', () => {
  test('of a model with images tells of the part that writes text', () => {
    expect(readShape({ model_type: 'x', text_config: QWEN3_32B })).toEqual(readShape(QWEN3_32B));
  });

  test('counts only the layers whose cache grows', () => {
    const layer_types = Array.from({ length: 64 }, (_, i) =>
      i % 4 === 3 ? 'full_attention' : 'linear_attention',
    );
    expect(readShape({ ...QWEN3_32B, layer_types })?.cachedLayers).toBe(16);
  });

  test('with latent attention keeps one vector a token, on every GPU', () => {
    const shape = readShape({ ...QWEN3_32B, kv_lora_rank: 512, qk_rope_head_dim: 64 });
    expect(shape).toMatchObject({ cachedValues: 576, cacheReplicated: true });
  });

  test.each([[{}], [null], ['x'], [{ hidden_size: -1 }], [[]]])(
    'that is none gives no shape: %j',
    (config) => {
      expect(readShape(config)).toBeUndefined();
    },
  );
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

export const GGUF_ADVICE =
  'it is GGUF, made for llama.cpp: serve the safetensors that it was made from, or start llama-server and sera proxy';

const adapter = z.object({ base_model_name_or_path: z.string(), r: z.number().int().positive().optional() });

/** Ranks that vLLM makes room for (`vllm/config/lora.py`). */
const RANKS = [8, 16, 32, 64, 128, 256, 320, 512] as const;

/** What trainers leave behind of a model that several GPUs trained together. */
const SHARDS = /^(pytorch_model_fsdp.*|global_step\d+|.*\.distcp)$/;

/**
 * What a folder holds where it is not a whole model, with what to do.
 *
 * @param files names in the folder
 * @returns undefined for the folder of a model
 */
export async function notModel(folder: string, files: readonly string[]): Promise<string | undefined> {
  if (files.includes('adapter_config.json')) return adapterAdvice(folder);
  const weights = files.some((file) => /\.(safetensors|bin)$/.test(file));
  if (files.includes('config.json') && weights) return undefined;
  if (files.some((file) => file.endsWith('.gguf'))) return `${folder}: ${GGUF_ADVICE}`;
  const checkpoint = lastCheckpoint(files);
  if (checkpoint)
    return `${folder} holds checkpoints of a training: serve one of them, such as ${join(folder, checkpoint)}`;
  if (files.some((file) => SHARDS.test(file)))
    return `${folder} holds the shards of a training: gather them into safetensors with the trainer's own tool first`;
  return files.includes('config.json')
    ? `${folder} holds no weights (*.safetensors)`
    : `${folder} has no config.json: is it the folder of a whole model?`;
}

/** An adapter is merged, or served beside its base by options of vLLM's own. */
async function adapterAdvice(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'adapter_config.json'), 'utf8').catch(() => '');
  const { data } = adapter.safeParse(parsed(text));
  if (!data) return `${folder} holds an adapter, not a whole model: merge it into its base model first`;
  const rank = RANKS.find((most) => most >= (data.r ?? 8)) ?? RANKS.at(-1);
  return (
    `${folder} holds an adapter of ${data.base_model_name_or_path}: merge it into that, or serve both: ` +
    `sera serve ${data.base_model_name_or_path} -- --enable-lora --max-lora-rank ${rank} --lora-modules NAME=${folder}`
  );
}

function lastCheckpoint(files: readonly string[]): string | undefined {
  const step = (name: string) => Number(/^checkpoint-(\d+)$/.exec(name)?.[1] ?? -1);
  const last = files.toSorted((a, b) => step(a) - step(b)).at(-1);
  return last !== undefined && step(last) >= 0 ? last : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A checkpoint as a trainer leaves it, but for its size. */
export interface Checkpoint {
  readonly config?: object;
  readonly template?: string | null;
  readonly tensors?: readonly string[];
  readonly index?: readonly string[];
}

export const CONFIG = {
  architectures: ['Qwen3ForCausalLM'],
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: 512,
  max_position_embeddings: 40_960,
};
const TEMPLATE = '{% if tools %}{{ tools | tojson }}{% endif %}{{ messages }}';

export async function writeStudent(folder: string, checkpoint: Checkpoint = {}): Promise<string> {
  const { config = CONFIG, template = TEMPLATE, tensors = ['model.embed_tokens.weight'], index } = checkpoint;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify(template === null ? {} : { chat_template: template }),
  );
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  if (index) {
    const weight_map = Object.fromEntries(index.map((file, i) => [`weight${i}`, file]));
    await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
  }
  return folder;
}

/** A safetensors file whose tensors have four values each. */
function safetensors(names: readonly string[]): Buffer {
  const entries = names.map((name, i) => [
    name,
    { dtype: 'BF16', shape: [4], data_offsets: [i * 8, i * 8 + 8] },
  ]);
  const header = Buffer.from(
    JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(names.length * 8)]);
}

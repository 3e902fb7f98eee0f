import { stringify } from 'yaml';
import type { SplitName } from '../recipe/mix.ts';
import type { Format } from '../sample.ts';

const CHAT_TAGS = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: 'user',
  assistant_tag: 'assistant',
  system_tag: 'system',
};

/** How LLaMA-Factory reads each format. */
const LLAMA_FACTORY: Readonly<Record<Format, object>> = {
  hermes: { formatting: 'sharegpt', columns: { messages: 'messages' }, tags: CHAT_TAGS },
  xml: { formatting: 'sharegpt', columns: { messages: 'messages' }, tags: CHAT_TAGS },
  raw: openai(),
  openai: openai(),
  sharegpt: { formatting: 'sharegpt', columns: { messages: 'conversations', tools: 'tools' } },
};

function openai(): object {
  return {
    formatting: 'openai',
    columns: { messages: 'messages', tools: 'tools' },
    tags: { ...CHAT_TAGS, observation_tag: 'tool' },
  };
}

/** `dataset_info.json` for LLaMA-Factory: one entry for each split that there is. */
export function datasetInfo(name: string, format: Format, splits: readonly SplitName[]): string {
  const entries = splits.map((split) => [
    split === 'train' ? name : `${name}_${split}`,
    { file_name: `${split}.jsonl`, ...LLAMA_FACTORY[format] },
  ]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

/** The lines of an axolotl configuration that are about data. */
export function axolotlBlock(format: Format, splits: readonly SplitName[], limit: number): string {
  const source = (split: SplitName) => ({
    path: `${split}.jsonl`,
    ds_type: 'json',
    type: 'chat_template',
    ...(format === 'sharegpt'
      ? { field_messages: 'conversations', message_property_mappings: { role: 'from', content: 'value' } }
      : { field_messages: 'messages', message_field_training: 'train' }),
  });
  const validation = splits.includes('validation') ? { test_datasets: [source('validation')] } : {};
  return stringify({
    chat_template: format === 'raw' || format === 'openai' ? 'tokenizer_default' : 'chatml',
    datasets: [source('train')],
    ...validation,
    sequence_len: limit,
    excess_length_strategy: 'drop',
  });
}

import { type FileHandle, open } from 'node:fs/promises';
import { zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Format, Sample } from '../sample.ts';

/** Samples of a row group: few enough for little memory, enough for a good compression. */
const GROUP = 100;

type Leaf = 'text' | 'boolean' | 'int' | 'float';
type Shape = Leaf | { readonly list: Shape } | { readonly fields: Readonly<Record<string, Shape>> };

const CHAT: Shape = { fields: { role: 'text', content: 'text', train: 'boolean' } };
const CALL: Shape = {
  fields: { id: 'text', type: 'text', function: { fields: { name: 'text', arguments: 'text' } } },
};
const API: Shape = {
  fields: {
    role: 'text',
    content: 'text',
    reasoning_content: 'text',
    tool_calls: { list: CALL },
    tool_call_id: 'text',
    train: 'boolean',
  },
};
const METADATA: Shape = {
  fields: {
    repository: 'text',
    commit: 'text',
    function: 'text',
    file: 'text',
    language: 'text',
    topic: 'text',
    teacher: 'text',
    profile: 'text',
    rollout: 'int',
    exit_status: 'text',
    steps: 'int',
    patch: 'text',
    pull_request: 'text',
    matched: 'int',
    total: 'int',
    recall: 'float',
    cost_usd: 'float',
    offline: 'boolean',
  },
};
const COMMON = { instance_id: 'text', metadata: METADATA } as const;
const WITH_TOOLS = { messages: { list: API }, tools: 'text', ...COMMON } as const;

/** The columns of each format, in the order of the JSONL. */
const COLUMNS: Readonly<Record<Format, Readonly<Record<string, Shape>>>> = {
  hermes: { messages: { list: CHAT }, ...COMMON },
  xml: { messages: { list: CHAT }, ...COMMON },
  raw: WITH_TOOLS,
  openai: WITH_TOOLS,
  sharegpt: {
    conversations: { list: { fields: { from: 'text', value: 'text' } } },
    tools: 'text',
    ...COMMON,
  },
};

/** Writes one shard, compressed with zstd, a row group at a time. */
export class ParquetShard {
  readonly #file: FileHandle;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  readonly #columns: readonly string[];
  #rows: Sample[] = [];

  private constructor(file: FileHandle, format: Format) {
    this.#file = file;
    const columns = COLUMNS[format];
    this.#columns = Object.keys(columns);
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: elements('root', { fields: columns }),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
      createdBy: 'sera',
    });
  }

  static async open(path: string, format: Format): Promise<ParquetShard> {
    return new ParquetShard(await open(path, 'wx'), format);
  }

  async add(sample: Sample): Promise<void> {
    this.#rows.push(sample);
    if (this.#rows.length >= GROUP) await this.#writeGroup();
  }

  async close(): Promise<void> {
    if (this.#rows.length > 0) await this.#writeGroup();
    await this.#writer.finish();
    await this.#file.write(this.#bytes.getBytes());
    await this.#file.sync();
    await this.#file.close();
  }

  async #writeGroup(): Promise<void> {
    const rows: readonly Record<string, unknown>[] = this.#rows.map(toRow);
    this.#rows = [];
    const columnData = this.#columns.map((name) => ({ name, data: rows.map((row) => row[name]) }));
    await this.#writer.write({ columnData, rowGroupSize: GROUP });
  }
}

/** Whole numbers of the metadata are 64 bits wide. */
function toRow(sample: Sample): Record<string, unknown> {
  const { rollout, steps, matched, total } = sample.metadata;
  const wide = (value: number | null) => (value === null ? null : BigInt(Math.round(value)));
  const numbers = { rollout: wide(rollout), steps: wide(steps), matched: wide(matched), total: wide(total) };
  return { ...sample, metadata: { ...sample.metadata, ...numbers } };
}

/** The schema as Parquet lists it: a node, then what stands below it. */
function elements(name: string, shape: Shape): SchemaElement[] {
  const optional = name === 'root' ? {} : ({ repetition_type: 'OPTIONAL' } as const);
  if (typeof shape === 'string') return [{ name, ...optional, ...LEAVES[shape] }];
  if ('list' in shape) {
    return [
      { name, ...optional, num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...elements('element', shape.list),
    ];
  }
  const fields = Object.entries(shape.fields);
  return [
    { name, ...optional, num_children: fields.length },
    ...fields.flatMap(([key, inner]) => elements(key, inner)),
  ];
}

const LEAVES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  boolean: { type: 'BOOLEAN' },
  int: { type: 'INT64' },
  float: { type: 'DOUBLE' },
} as const satisfies Record<Leaf, Partial<SchemaElement>>;

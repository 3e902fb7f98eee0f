import { closeSync, fsyncSync, openSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Format, Sample } from '../sample.ts';
import { writeAll } from './spool.ts';

/** Samples of a row group: few enough for little memory, enough for a good compression. */
const GROUP = 40;
/** Bytes of JSON that end a row group before that. */
const GROUP_BYTES = 32 << 20;

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

/** The columns that hold conversations. */
const LISTS: ReadonlySet<string> = new Set(['messages', 'conversations']);

/** Writes one shard, compressed with zstd, a row group at a time; only the group that is being made is in memory. */
export class ParquetShard {
  readonly #file: number;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  readonly #columns: readonly string[];
  #written = 0;
  #rows: Sample[] = [];
  #size = 0;

  /** @param path of a file that is not there yet */
  constructor(path: string, format: Format) {
    this.#file = openSync(path, 'wx');
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

  /** @param size of the sample, in bytes of JSON */
  add(sample: Sample, size: number): void {
    this.#rows.push(sample);
    this.#size += size;
    if (this.#rows.length >= GROUP || this.#size >= GROUP_BYTES) this.#writeGroup();
  }

  /** Ends the file and sees it onto the disk. */
  finish(): void {
    if (this.#rows.length > 0) this.#writeGroup();
    this.#writer.finish();
    this.#flush();
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  #writeGroup(): void {
    const rows: readonly Record<string, unknown>[] = this.#rows.map(toRow);
    this.#rows = [];
    this.#size = 0;
    const columnData = this.#columns.map((name) => ({
      name,
      data: rows.map((row) => row[name]),
      // Hardly a message comes twice in a group, and nobody looks for the smallest: a search for either is in vain.
      ...(LISTS.has(name) ? { encoding: 'PLAIN' as const, statistics: false } : {}),
    }));
    this.#writer.write({ columnData, rowGroupSize: GROUP });
    this.#flush();
  }

  #flush(): void {
    const bytes = this.#bytes.getBytes();
    writeAll(this.#file, bytes, this.#written);
    this.#written += bytes.length;
    this.#bytes.index = 0;
  }
}

/** Whole numbers of the metadata are 64 bits wide. */
function toRow(sample: Sample): Record<string, unknown> {
  const { rollout, steps, matched, total } = sample.metadata;
  const wide = (value: number | null) => (value === null ? null : BigInt(Math.round(value)));
  const numbers = { rollout: wide(rollout), steps: wide(steps), matched: wide(matched), total: wide(total) };
  const row = { ...sample, metadata: { ...sample.metadata, ...numbers } };
  return 'messages' in row ? { ...row, messages: row.messages.map(withBytes) } : row;
}

/** Node writes UTF-8 twice as fast as the writer does. */
function withBytes<M extends { readonly content?: unknown }>(message: M): M | (M & { content: Buffer }) {
  const { content } = message;
  return typeof content === 'string' ? { ...message, content: Buffer.from(content) } : message;
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

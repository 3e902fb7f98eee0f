import { closeSync, openSync } from 'node:fs';
import type { ColumnChunk, SchemaElement, SchemaTree } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { writeColumn } from 'hyparquet-writer/src/column.js';
import { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { schemaPathResolver } from 'hyparquet-writer/src/schema.js';
import type { Format } from '../sample.ts';
import type { Row } from './packed.ts';
import { writeAll } from './spool.ts';
import { TextColumnWriter } from './text-column.ts';

type Leaf = 'text' | 'boolean' | 'int' | 'float';
type Fields = { readonly fields: Readonly<Record<string, Shape>> };
type Shape = Leaf | { readonly list: Shape } | Fields;

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
const METADATA: Fields = {
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

/** Columns of the metadata that hold whole numbers. */
const WIDE = Object.keys(METADATA.fields).filter((name) => METADATA.fields[name] === 'int');

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

/** A column of the schema that holds values. */
interface Column {
  /** The field of the row that it stands in. */
  readonly field: string;
  /** From the root on. */
  readonly path: SchemaTree[];
  readonly element: SchemaElement;
}

/**
 * Writes one file, compressed with zstd, a row group at a time; only the group that is being made is in memory. The
 * library lists the row groups and ends the file.
 */
export class ParquetFile {
  readonly #file: number;
  readonly #bytes = new ByteWriter();
  readonly #texts = new TextColumnWriter(this.#bytes);
  readonly #writer: ParquetWriter;
  readonly #columns: readonly Column[];
  #written = 0;

  /** @param path of a file that is not there yet */
  constructor(path: string, format: Format) {
    this.#file = openSync(path, 'wx');
    const schema = elements('root', { fields: COLUMNS[format] });
    const find = schemaPathResolver(schema);
    this.#columns = Object.keys(COLUMNS[format]).flatMap((field) => columnsOf(field, find([field])));
    this.#writer = new ParquetWriter({ writer: this.#bytes, schema, createdBy: 'sera' });
  }

  /** Writes a row group. */
  write(samples: readonly Row[]): void {
    const rows = samples.map(withWideNumbers);
    const begin = this.#bytes.offset;
    const columns = this.#columns.map((column) => this.#writeColumn(column, rows));
    this.#writer.row_groups.push({
      columns,
      total_byte_size: columns.reduce(
        (sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n),
        0n,
      ),
      num_rows: BigInt(rows.length),
      total_compressed_size: BigInt(this.#bytes.offset - begin),
    });
    this.#writer.num_rows += BigInt(rows.length);
    this.#flush();
  }

  #writeColumn({ field, path, element }: Column, rows: readonly Row[]): ColumnChunk {
    const leaf = encodeNestedValues(
      path,
      rows.map((row) => row[field]),
    );
    if (element.type === 'BYTE_ARRAY') return this.#texts.write(path, leaf);
    return writeColumn({
      writer: this.#bytes,
      column: {
        columnName: path.map((node) => node.element.name).join('.'),
        element,
        schemaPath: path.map((node) => node.element),
        codec: 'UNCOMPRESSED', // a few bytes
        compressors: {},
        stats: true,
        pageSize: Number.POSITIVE_INFINITY,
        columnIndex: false,
        offsetIndex: false,
      },
      pageData: leaf,
    }).chunk;
  }

  /**
   * Ends the file.
   *
   * @returns its bytes
   */
  finish(): number {
    this.#writer.finish();
    this.#flush();
    return this.#written;
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    const bytes = this.#bytes.getBytes();
    writeAll(this.#file, bytes, this.#written);
    this.#written += bytes.length;
    this.#bytes.index = 0;
  }
}

function columnsOf(field: string, path: SchemaTree[]): Column[] {
  const last = path.at(-1);
  if (!last) return [];
  if (last.children.length === 0) return [{ field, path, element: last.element }];
  return last.children.flatMap((child) => columnsOf(field, [...path, child]));
}

/** Whole numbers of the metadata are 64 bits wide. */
function withWideNumbers(row: Row): Row {
  const metadata = row.metadata as Record<string, unknown>;
  const wide = WIDE.map((name) => {
    const value = metadata[name];
    return [name, typeof value === 'number' ? BigInt(Math.round(value)) : null];
  });
  return { ...row, metadata: { ...metadata, ...Object.fromEntries(wide) } };
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

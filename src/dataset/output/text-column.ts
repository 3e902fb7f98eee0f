import { zstdCompressSync } from 'node:zlib';
import type { ColumnChunk, OffsetIndex, SchemaTree } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { grown } from '../grown.ts';

/** Bytes that end a page at the next row. */
export const PAGE = 1 << 20;

/** Bytes of a page from which zstd saves more than it takes to be set up. */
const WORTH_PACKING = 1 << 10;

/** The values of a column, and where each stands in its row. */
type Leaf = ReturnType<typeof encodeNestedValues>;

/** A column as it was written: what the end of the file tells of it. */
export interface WrittenColumn {
  readonly chunk: ColumnChunk;
  readonly offsetIndex?: OffsetIndex;
}

/**
 * Writes columns of texts, plain and packed by zstd. All pages are made in one place: the library makes each in memory
 * of its own that grows, and what it leaves behind costs more than the page.
 */
export class TextColumnWriter {
  readonly #writer: ByteWriter;
  #page = Buffer.allocUnsafeSlow(2 * PAGE);

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** @param path of the column in the schema, from the root on */
  write(path: readonly SchemaTree[], leaf: Leaf): WrittenColumn {
    const begin = this.#writer.offset;
    const page_locations: OffsetIndex['page_locations'] = [];
    const repetitions = path.filter(({ element }) => element.repetition_type === 'REPEATED').length;
    let [size, row] = [0, 0];
    for (let start = 0; start < leaf.values.length; ) {
      const { end, bytes } = this.#fill(leaf, start);
      const offset = this.#writer.offset;
      const { rows, uncompressed } = this.#writePage(cut(leaf, start, end), bytes, repetitions);
      const compressed_page_size = this.#writer.offset - offset;
      page_locations.push({ offset: BigInt(offset), compressed_page_size, first_row_index: BigInt(row) });
      size += uncompressed;
      row += rows;
      start = end;
    }
    const meta_data: ColumnChunk['meta_data'] = {
      type: 'BYTE_ARRAY',
      encodings: ['PLAIN'],
      path_in_schema: path.slice(1).map(({ element }) => element.name),
      codec: 'ZSTD',
      num_values: BigInt(leaf.values.length),
      total_compressed_size: BigInt(this.#writer.offset - begin),
      total_uncompressed_size: BigInt(size),
      data_page_offset: BigInt(begin),
    };
    return { chunk: { meta_data, file_offset: BigInt(begin) }, offsetIndex: { page_locations } };
  }

  /** Puts texts into the page, each behind its length, until it is full and the row is at its end. */
  #fill({ values, repetitionLevels }: Leaf, start: number): { end: number; bytes: Buffer } {
    let size = 0;
    let end = start;
    for (; end < values.length; end += 1) {
      if (size >= PAGE && (repetitionLevels[end] ?? 0) === 0) break;
      const value: unknown = values[end];
      if (value !== null && value !== undefined) size = this.#add(value as string | Uint8Array, size);
    }
    return { end, bytes: this.#page.subarray(0, size) };
  }

  #add(text: string | Uint8Array, at: number): number {
    const most = typeof text === 'string' ? 3 * text.length : text.length;
    if (at + 4 + most > this.#page.length) this.#page = grown(this.#page, at, at + 4 + most);
    const from = at + 4;
    if (typeof text !== 'string') this.#page.set(text, from);
    const length = typeof text === 'string' ? this.#page.write(text, from) : text.length;
    this.#page.writeUInt32LE(length, at);
    return from + length;
  }

  #writePage(leaf: Leaf, bytes: Buffer, repetitions: number): { rows: number; uncompressed: number } {
    const { values, repetitionLevels, definitionLevels, maxDefinitionLevel } = leaf;
    const levels = new ByteWriter();
    const repeats = writeLevels(levels, repetitionLevels, repetitions);
    const definitions = writeLevels(levels, definitionLevels, maxDefinitionLevel);
    const is_compressed = bytes.length >= WORTH_PACKING;
    const packed = is_compressed ? zstdCompressSync(bytes) : bytes;
    const rows = repetitions > 0 ? count(repetitionLevels, (level) => level === 0) : values.length;
    const begin = this.#writer.offset;
    writePageHeader(this.#writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levels.offset + bytes.length,
      compressed_page_size: levels.offset + packed.length,
      data_page_header_v2: {
        num_values: values.length,
        num_nulls: count(definitionLevels, (level) => level < maxDefinitionLevel),
        num_rows: rows,
        encoding: 'PLAIN',
        definition_levels_byte_length: definitions,
        repetition_levels_byte_length: repeats,
        is_compressed,
      },
    });
    const header = this.#writer.offset - begin;
    this.#writer.appendBytes(levels.getBytes());
    this.#writer.appendBytes(packed);
    return { rows, uncompressed: header + levels.offset + bytes.length };
  }
}

/** @returns bytes written */
function writeLevels(writer: ByteWriter, levels: number[], highest: number): number {
  return highest > 0 ? writeRleBitPackedHybrid(writer, levels, 32 - Math.clz32(highest)) : 0;
}

function count(levels: readonly number[], counts: (level: number) => boolean): number {
  return levels.reduce((sum, level) => sum + (counts(level) ? 1 : 0), 0);
}

function cut(leaf: Leaf, start: number, end: number): Leaf {
  return {
    values: leaf.values.slice(start, end),
    definitionLevels: leaf.definitionLevels.slice(start, end),
    repetitionLevels: leaf.repetitionLevels.slice(start, end),
    maxDefinitionLevel: leaf.maxDefinitionLevel,
  };
}

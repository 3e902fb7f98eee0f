import { constants, zstdCompressSync } from 'node:zlib';
import type { ColumnChunk, PageHeader, SchemaTree } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import type { encodeNestedValues } from 'hyparquet-writer/src/dremel.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { grown } from '../grown.ts';

/** A quarter less time than zstd's usual level takes, for 4 % more bytes. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 2 } };

/** Bytes of a dictionary from which zstd saves more than it takes to be set up. */
const WORTH_PACKING = 1 << 10;

/** The values of a column, and where each stands in its row. */
type Leaf = ReturnType<typeof encodeNestedValues>;

/** A text, or its bytes in UTF-8. */
type Text = string | Uint8Array;

/**
 * Writes columns of texts: each distinct text once, in a dictionary, and a number for every place where it stands.
 * Rollouts read the same file again, and most metadata is the same from row to row. Large dictionaries are packed.
 *
 * All pages are made in one place: the library makes each in memory of its own that grows, and what it leaves behind
 * costs more than the page.
 */
export class TextColumnWriter {
  readonly #writer: ByteWriter;
  #page = Buffer.allocUnsafeSlow(1 << 20);

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** @param path of the column in the schema, from the root on */
  write(path: readonly SchemaTree[], leaf: Leaf): ColumnChunk {
    const { texts, numbers } = apart(leaf.values);
    const repetitions = path.filter(({ element }) => element.repetition_type === 'REPEATED').length;
    const begin = this.#writer.offset;
    const size = this.#fill(texts);
    const codec = size < WORTH_PACKING ? 'UNCOMPRESSED' : 'ZSTD';
    const dictionary = texts.length > 0 ? this.#writeDictionary(texts.length, size, codec) : 0;
    const data = this.#writer.offset;
    const page = this.#writeNumbers(leaf, numbers, texts.length, repetitions);
    const meta_data: ColumnChunk['meta_data'] = {
      type: 'BYTE_ARRAY',
      encodings: texts.length > 0 ? ['PLAIN', 'RLE', 'RLE_DICTIONARY'] : ['PLAIN', 'RLE'],
      path_in_schema: path.slice(1).map(({ element }) => element.name),
      codec,
      num_values: BigInt(leaf.values.length),
      total_compressed_size: BigInt(this.#writer.offset - begin),
      total_uncompressed_size: BigInt(dictionary + page),
      data_page_offset: BigInt(data),
      ...(texts.length > 0 ? { dictionary_page_offset: BigInt(begin) } : {}),
    };
    return { meta_data, file_offset: BigInt(begin) };
  }

  /** Puts texts into the page, and tells how many bytes they take. */
  #fill(texts: readonly Text[]): number {
    let size = 0;
    for (const text of texts) size = this.#add(text, size);
    return size;
  }

  /** @returns bytes of the page before it was packed, its header included */
  #writeDictionary(texts: number, size: number, codec: 'UNCOMPRESSED' | 'ZSTD'): number {
    const page = this.#page.subarray(0, size);
    const packed = codec === 'ZSTD' ? zstdCompressSync(page, ZSTD) : page;
    const header = this.#writeHeader({
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: size,
      compressed_page_size: packed.length,
      dictionary_page_header: { num_values: texts, encoding: 'PLAIN' },
    });
    this.#writer.appendBytes(packed);
    return header + size;
  }

  /** Puts a text into the page, behind its length. */
  #add(text: Text, at: number): number {
    const most = typeof text === 'string' ? 3 * text.length : text.length;
    if (at + 4 + most > this.#page.length) this.#page = grown(this.#page, at, at + 4 + most);
    const from = at + 4;
    if (typeof text !== 'string') this.#page.set(text, from);
    const length = typeof text === 'string' ? this.#page.write(text, from) : text.length;
    this.#page.writeUInt32LE(length, at);
    return from + length;
  }

  /** @returns bytes of the page, its header included; it is too small to be packed */
  #writeNumbers(leaf: Leaf, numbers: number[], texts: number, repetitions: number): number {
    const { values, repetitionLevels, definitionLevels, maxDefinitionLevel } = leaf;
    const page = new ByteWriter();
    const repeats = writeLevels(page, repetitionLevels, repetitions);
    const definitions = writeLevels(page, definitionLevels, maxDefinitionLevel);
    if (texts > 0) {
      const width = Math.max(1, widthOf(texts - 1));
      page.appendUint8(width);
      writeRleBitPackedHybrid(page, numbers, width);
    }
    const header = this.#writeHeader({
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: page.offset,
      compressed_page_size: page.offset,
      data_page_header_v2: {
        num_values: values.length,
        num_nulls: values.length - numbers.length,
        num_rows: repetitions > 0 ? count(repetitionLevels, 0) : values.length,
        encoding: texts > 0 ? 'RLE_DICTIONARY' : 'PLAIN',
        definition_levels_byte_length: definitions,
        repetition_levels_byte_length: repeats,
        is_compressed: false,
      },
    });
    this.#writer.appendBytes(page.getBytes());
    return header + page.offset;
  }

  /** @returns its bytes */
  #writeHeader(header: PageHeader): number {
    const begin = this.#writer.offset;
    writePageHeader(this.#writer, header);
    return this.#writer.offset - begin;
  }
}

/** Each text once, and the number of the text at every place that has one. Bytes are the same if the object is. */
function apart(values: Leaf['values']): { texts: readonly Text[]; numbers: number[] } {
  const known = new Map<Text, number>();
  const numbers: number[] = [];
  for (const value of values) {
    if (value === null || value === undefined) continue;
    const number = known.get(value) ?? known.size;
    known.set(value, number);
    numbers.push(number);
  }
  return { texts: [...known.keys()], numbers };
}

/** @returns bytes written */
function writeLevels(writer: ByteWriter, levels: number[], highest: number): number {
  return highest > 0 ? writeRleBitPackedHybrid(writer, levels, widthOf(highest)) : 0;
}

/** Bits of a number. */
function widthOf(value: number): number {
  return 32 - Math.clz32(value);
}

function count(levels: readonly number[], wanted: number): number {
  return levels.reduce((sum, level) => sum + (level === wanted ? 1 : 0), 0);
}

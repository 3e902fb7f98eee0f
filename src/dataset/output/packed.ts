import { AsciiWriter } from '../python/ascii-writer.ts';
import { type Sample, writeSample } from '../sample.ts';

/** Stands in the frame for a text that was taken out. No text with this character is left in. */
const HOLE = '"\\u0000"';
const TAKEN_OUT = '\0';
/** Characters of a text that is worth taking out. */
const LONG = 100;

/**
 * A sample on the disk: its line of JSON with a hole for every long text, and those texts in the order of their holes.
 * A line of JSON or a row of Parquet is made of it without a look at most of its bytes.
 */
export interface Packed {
  readonly frame: Buffer;
  /** In UTF-8. */
  readonly texts: readonly Buffer[];
}

/** A sample with its long texts as bytes. */
export type Row = Readonly<Record<string, unknown>>;

/** Packs samples one after the other. */
export class Packer {
  readonly #frame = new FrameWriter();
  #bytes = Buffer.allocUnsafeSlow(1 << 16);

  /** The sample's bytes: lengths, frame, texts. They hold until the next sample is packed. */
  pack(sample: Sample): Buffer {
    this.#frame.clear();
    writeSample(this.#frame, sample);
    const frame = this.#frame.bytes;
    const texts = this.#frame.takeTexts();
    const most = texts.reduce((sum, text) => sum + 3 * text.length + 4, frame.length + 8);
    if (most > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * most);
    const bytes = this.#bytes;
    bytes.writeUInt32LE(texts.length, 0);
    bytes.writeUInt32LE(frame.length, 4);
    let end = 8 + 4 * texts.length;
    end += frame.copy(bytes, end);
    for (const [index, text] of texts.entries()) {
      const length = bytes.write(text, end);
      bytes.writeUInt32LE(length, 8 + 4 * index);
      end += length;
    }
    return bytes.subarray(0, end);
  }
}

class FrameWriter extends AsciiWriter {
  #texts: string[] = [];

  override text(text: string): void {
    if (text.length < LONG && !text.includes(TAKEN_OUT)) super.text(text);
    else {
      this.raw(HOLE);
      this.#texts.push(text);
    }
  }

  takeTexts(): readonly string[] {
    const texts = this.#texts;
    this.#texts = [];
    return texts;
  }
}

/** The parts of what `pack` gave; nothing is copied. */
export function unpack(bytes: Buffer): Packed {
  const count = bytes.readUInt32LE(0);
  let end = 8 + 4 * count;
  const next = (length: number) => {
    const start = end;
    end += length;
    return bytes.subarray(start, end);
  };
  const frame = next(bytes.readUInt32LE(4));
  return {
    frame,
    texts: Array.from({ length: count }, (_, index) => next(bytes.readUInt32LE(8 + 4 * index))),
  };
}

/** Writes the line, with its newline. */
export function writeLine(writer: AsciiWriter, { frame, texts }: Packed): void {
  let from = 0;
  for (const text of texts) {
    const hole = frame.indexOf(HOLE, from, 'latin1');
    writer.copy(frame.subarray(from, hole));
    writer.utf8(text);
    from = hole + HOLE.length;
  }
  writer.copy(frame.subarray(from));
}

/** The row; it holds as long as the packed bytes do. */
export function toRow({ frame, texts }: Packed): Row {
  // Only `pack` writes these bytes.
  const row = JSON.parse(frame.toString('latin1')) as Record<string, unknown>;
  fill(row, texts.values());
  return row;
}

function fill(fields: Record<string, unknown>, texts: Iterator<Buffer>): void {
  for (const key in fields) {
    const value = fields[key];
    if (value === TAKEN_OUT) fields[key] = texts.next().value;
    else if (typeof value === 'object' && value !== null) fill(value as Record<string, unknown>, texts);
  }
}

import { DistinctTexts } from '../distinct.ts';
import { AsciiWriter } from '../python/ascii-writer.ts';
import { type Sample, writeSample } from '../sample.ts';

/** Stands in the frame for a text that was taken out. No text with this character is left in. */
const HOLE = '"\\u0000"';
const TAKEN_OUT = '\0';
/** Characters of a text that is worth taking out. */
const LONG = 100;
/** Numbers that stand before all others: holes, texts, and the frame's length. */
const COUNTS = 3;
const NOTHING = Buffer.alloc(0);

/**
 * A sample on the disk: its line of JSON with a hole for every long text, and those texts, each once however often the
 * rollout read it. A line of JSON or a row of Parquet is made of it without a look at most of its bytes.
 */
export interface Packed {
  readonly frame: Buffer;
  /** What stands in each hole, in UTF-8; the same text is the same object. */
  readonly holes: readonly Buffer[];
}

/** A sample with its long texts as bytes. */
export type Row = Readonly<Record<string, unknown>>;

/** Packs samples one after the other. */
export class Packer {
  readonly #frame = new FrameWriter();
  #bytes = Buffer.allocUnsafeSlow(1 << 16);

  /**
   * The sample's bytes: how many holes and texts, how long the frame is, which text stands in each hole, how long each
   * text is, the frame, the texts. They hold until the next sample is packed.
   */
  pack(sample: Sample): Buffer {
    this.#frame.clear();
    writeSample(this.#frame, sample);
    const frame = this.#frame.bytes;
    const { holes, texts } = this.#frame.takeTexts();
    const numbers = COUNTS + holes.length + texts.length;
    const most = texts.reduce((sum, text) => sum + 3 * text.length, 4 * numbers + frame.length);
    if (most > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * most);
    const bytes = this.#bytes;
    let end = 0;
    for (const number of [holes.length, texts.length, frame.length, ...holes]) {
      end = bytes.writeUInt32LE(number, end);
    }
    let length = end;
    end = 4 * numbers;
    end += frame.copy(bytes, end);
    for (const text of texts) {
      const written = bytes.write(text, end);
      length = bytes.writeUInt32LE(written, length);
      end += written;
    }
    return bytes.subarray(0, end);
  }
}

class FrameWriter extends AsciiWriter {
  #holes: number[] = [];
  #texts = new DistinctTexts();

  override text(text: string): void {
    if (text.length < LONG && !text.includes(TAKEN_OUT)) super.text(text);
    else {
      this.raw(HOLE);
      this.#holes.push(this.#texts.add(text));
    }
  }

  /** The texts, and which of them stands in each hole. */
  takeTexts(): { holes: readonly number[]; texts: readonly string[] } {
    const taken = { holes: this.#holes, texts: this.#texts.texts };
    this.#holes = [];
    this.#texts = new DistinctTexts();
    return taken;
  }
}

/** The parts of what `pack` gave; nothing is copied. */
export function unpack(bytes: Buffer): Packed {
  let at = 0;
  const number = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const numbers = (length: number) => Array.from({ length }, number);
  const [holes = 0, texts = 0, frameLength = 0] = numbers(COUNTS);
  const inHoles = numbers(holes);
  const lengths = numbers(texts);
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  const frame = take(frameLength);
  const all = lengths.map(take);
  return { frame, holes: inHoles.map((text) => all[text] ?? NOTHING) };
}

/** Writes the line, with its newline. */
export function writeLine(writer: AsciiWriter, { frame, holes }: Packed): void {
  let from = 0;
  for (const text of holes) {
    const hole = frame.indexOf(HOLE, from, 'latin1');
    writer.copy(frame.subarray(from, hole));
    writer.utf8(text);
    from = hole + HOLE.length;
  }
  writer.copy(frame.subarray(from));
}

/** The row; it holds as long as the packed bytes do. */
export function toRow({ frame, holes }: Packed): Row {
  // Only `pack` writes these bytes.
  return filled(JSON.parse(frame.toString('latin1')), holes.values()) as Row;
}

/** The same value with the next text in each hole: made anew, since V8 gives up code that changes what JSON made. */
function filled(value: unknown, texts: Iterator<Buffer>): unknown {
  if (value === TAKEN_OUT) return texts.next().value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => filled(item, texts));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, texts)]));
}

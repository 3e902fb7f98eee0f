import { StringDecoder } from 'node:string_decoder';

/** Takes a command's output as it comes, in bounded memory. */
export interface Sink {
  write(chunk: Buffer): void;
}

const TAIL = 16_000;

export interface CollectedText {
  readonly output: string;
  /** Whether a newline stood at the end. */
  readonly newline: boolean;
  readonly omitted: number;
  readonly tail: string;
}

/** Keeps the first `limit` characters, counts the rest, and remembers the last ones. */
export class TextSink implements Sink {
  readonly #limit: number;
  readonly #decoder = new StringDecoder('utf8');
  #head = '';
  #rest = '';
  #length = 0;
  #full = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(chunk: Buffer): void {
    this.#add(this.#decoder.write(chunk));
  }

  get length(): number {
    return this.#length;
  }

  /** @returns the text without its last newline; `omitted` characters stand between `output` and the end */
  finish(): CollectedText {
    this.#add(this.#decoder.end());
    const newline = (this.#rest || this.#head).endsWith('\n');
    if (this.#length <= this.#limit) {
      return { output: withoutNewline(this.#head), newline, omitted: 0, tail: '' };
    }
    const tail = withoutNewline((this.#head + this.#rest).slice(-TAIL));
    return { output: this.#head, newline, omitted: this.#length - this.#head.length, tail };
  }

  #add(text: string): void {
    this.#length += text.length;
    if (this.#full) {
      this.#rest = (this.#rest + text).slice(-TAIL);
      return;
    }
    const room = this.#limit - this.#head.length;
    if (text.length <= room) {
      this.#head += text;
      return;
    }
    const cut = room > 0 && isHighSurrogate(text.charCodeAt(room - 1)) ? room - 1 : room;
    this.#full = true;
    this.#head += text.slice(0, cut);
    this.#rest = text.slice(cut).slice(-TAIL);
  }
}

/** Keeps up to `limit` bytes as they are, and counts all of them. */
export class ByteSink implements Sink {
  readonly #limit: number;
  readonly #chunks: Buffer[] = [];
  length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  write(chunk: Buffer): void {
    const room = this.#limit - this.length;
    this.length += chunk.length;
    if (room > 0) this.#chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
  }

  finish(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

function withoutNewline(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { ByteSink, type Sink } from './collect.ts';

/** How a script that was sent to a bash came to its end. */
export interface Ending {
  /** `death`: the bash itself ended, and its keeper reported it. */
  readonly type: 'status' | 'death';
  readonly status: number;
}

/** Bytes that are taken from background processes while no command runs; beyond, they wait. */
const STRAY_LIMIT = 1 << 20;
const MARK = 0x1e;
const NONCE_LENGTH = 16;
/** A nonce, a space, and a status of up to ten digits, for a process id may stand there too. */
const MARKER_LENGTH = NONCE_LENGTH + 11;

/**
 * A bash that reads scripts from one pipe and writes to another. Each script is followed by a line that prints an
 * end marker with a nonce: the bash reads that line only after the script has ended, so that the script cannot
 * know the nonce, and reads it also where an interrupt or an error threw the script's own line away.
 */
export class Channel {
  /** Known to the keeper of this bash alone; announces that the bash has ended. */
  readonly deathNonce = nonce();
  readonly #input: Writable;
  readonly #output: Readable;
  #stray = new ByteSink(STRAY_LIMIT);
  #pending: Buffer | undefined;
  #nonce = '';
  #sink: Sink | undefined;
  #settle: { resolve(ending: Ending): void; reject(error: Error): void } | undefined;
  #broken: Error | undefined;
  #death: Ending | undefined;

  constructor(input: Writable, output: Readable) {
    this.#input = input;
    this.#output = output;
    output.on('data', (chunk: Buffer) => this.#receive(chunk));
    input.on('error', () => undefined);
  }

  get busy(): boolean {
    return this.#settle !== undefined;
  }

  /** The bash's end, where it ended while no script ran; reading it forgets it. */
  takeDeath(): Ending | undefined {
    const death = this.#death;
    this.#death = undefined;
    return death;
  }

  /** Fails the script that runs and every later one: there is no bash any more. */
  break(error: Error): void {
    this.#broken = error;
    this.#settle?.reject(error);
    this.#settle = undefined;
  }

  /** Sends text as it is, for what reads this pipe while no bash does. */
  send(text: string): void {
    this.#input.write(text);
  }

  /**
   * Runs lines of bash and gives all that is written meanwhile to the sink. One script at a time.
   *
   * @param lines complete lines, each ending in a line break; they write to file descriptor 8
   */
  execute(lines: string, sink: Sink): Promise<Ending> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const stray = this.#stray.finish();
    if (stray.length > 0) {
      this.#stray = new ByteSink(STRAY_LIMIT);
      sink.write(stray);
    }
    this.#sink = sink;
    this.#nonce = nonce();
    if (this.#output.isPaused()) this.#output.resume();
    this.#input.write(`${lines}builtin printf '\\036%s %d\\036' ${this.#nonce} $? >&8\n`);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  #receive(chunk: Buffer): void {
    const data = this.#pending === undefined ? chunk : Buffer.concat([this.#pending, chunk]);
    this.#pending = undefined;
    let from = 0;
    for (let at = data.indexOf(MARK); at >= 0; at = data.indexOf(MARK, at + 1)) {
      const window = data.toString('latin1', at + 1, at + 2 + MARKER_LENGTH);
      const length = window.indexOf('\x1e');
      if (length < 0 && window.length <= MARKER_LENGTH) {
        this.#keep(data.subarray(from, at));
        this.#pending = data.subarray(at);
        return;
      }
      const ending = length < 0 ? undefined : this.#read(window.slice(0, length));
      if (ending === undefined) continue;
      this.#keep(data.subarray(from, at));
      this.#finish(ending);
      from = at + length + 2;
      at = from - 1;
    }
    this.#keep(data.subarray(from));
  }

  #read(marker: string): Ending | undefined {
    if (marker[NONCE_LENGTH] !== ' ') return undefined;
    const name = marker.slice(0, NONCE_LENGTH);
    const status = Number(marker.slice(NONCE_LENGTH + 1));
    if (name === this.deathNonce) return { type: 'death', status };
    return this.#settle !== undefined && name === this.#nonce ? { type: 'status', status } : undefined;
  }

  #finish(ending: Ending): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#sink = undefined;
    if (settle !== undefined) settle.resolve(ending);
    else this.#death = ending;
  }

  #keep(data: Buffer): void {
    if (data.length === 0) return;
    if (this.#sink !== undefined) {
      this.#sink.write(data);
      return;
    }
    this.#stray.write(Buffer.from(data));
    if (this.#stray.length > STRAY_LIMIT) this.#output.pause();
  }
}

let pool = Buffer.alloc(0);
let used = 0;

function nonce(): string {
  if (used + NONCE_LENGTH / 2 > pool.length) {
    pool = randomBytes(4096);
    used = 0;
  }
  used += NONCE_LENGTH / 2;
  return pool.subarray(used - NONCE_LENGTH / 2, used).toString('hex');
}

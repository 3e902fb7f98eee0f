import type { ServerResponse } from 'node:http';
import type { AnswerEvent } from '../answer.ts';
import type { ProxyFault } from '../fault.ts';
import type { AnswerWriter } from '../writer.ts';

/** In milliseconds. */
export interface StreamLimits {
  /** Silence after which the client is told that the connection is alive. */
  readonly pingMs: number;
  /** Time that a client may take to read what is waiting for it. */
  readonly stallMs: number;
}

/** One streamed answer on its way to a client. It begins when the model does, or when the client has waited long. */
export class AnswerStream {
  isBegun = false;
  readonly #outgoing: ServerResponse;
  readonly #writer: AnswerWriter;
  readonly #timer: NodeJS.Timeout;
  readonly #stallMs: number;
  #isSilent = true;
  #soon: NodeJS.Immediate | undefined;

  constructor(outgoing: ServerResponse, writer: AnswerWriter, { pingMs, stallMs }: StreamLimits) {
    this.#outgoing = outgoing;
    this.#stallMs = stallMs;
    this.#writer = writer;
    this.#timer = setInterval(() => this.#ping(), pingMs);
    this.#timer.unref();
  }

  /** Where the model's first words come with its server's consent, all of it goes to the client at once. */
  beginSoon(): void {
    this.#soon ??= setImmediate(() => this.begin());
  }

  begin(): void {
    if (this.isBegun) return;
    clearImmediate(this.#soon);
    this.isBegun = true;
    this.#outgoing.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    this.#outgoing.socket?.setNoDelay(true);
    this.#outgoing.write(this.#writer.start());
  }

  /** A promise comes back where the client reads more slowly than the model writes. */
  write(event: AnswerEvent): Promise<void> | undefined {
    this.begin();
    this.#isSilent = false;
    const text = this.#writer.event(event);
    if (text === '' || this.#outgoing.write(text) || this.#outgoing.destroyed) return undefined;
    return this.#drained();
  }

  /** An error after the beginning; the stream ends with it. */
  fail(fault: ProxyFault): void {
    this.#outgoing.write(this.#writer.fault(fault));
    this.end();
  }

  end(): void {
    clearInterval(this.#timer);
    if (!this.isBegun) return;
    this.#outgoing.end();
    endStalled(this.#outgoing, this.#stallMs);
  }

  /** Lets the answer be given in another form. */
  abandon(): void {
    clearImmediate(this.#soon);
    clearInterval(this.#timer);
  }

  /** A client that does not read cannot be told so either: its connection is closed, and its question taken back. */
  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const stalled = setTimeout(() => this.#outgoing.destroy(), this.#stallMs);
      const done = (): void => {
        clearTimeout(stalled);
        this.#outgoing.off('drain', done);
        this.#outgoing.off('close', done);
        resolve();
      };
      this.#outgoing.on('drain', done);
      this.#outgoing.on('close', done);
    });
  }

  #ping(): void {
    if (!this.isBegun) this.begin();
    else if (this.#isSilent && !this.#outgoing.destroyed && !this.#outgoing.writableNeedDrain)
      this.#outgoing.write(this.#writer.ping());
    this.#isSilent = true;
  }
}

/** Closes the connection where the client does not fetch the rest of an answer that has ended. */
export function endStalled(outgoing: ServerResponse, stallMs: number): void {
  if (outgoing.writableFinished || outgoing.destroyed) return;
  const stalled = setTimeout(() => outgoing.destroy(), stallMs);
  stalled.unref();
  outgoing.once('close', () => clearTimeout(stalled));
}

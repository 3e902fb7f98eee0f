import type { ServerResponse } from 'node:http';
import type { AnswerEvent } from '../answer.ts';
import type { ProxyFault } from '../fault.ts';
import type { AnswerWriter } from '../writer.ts';

/** One streamed answer on its way to a client. It begins when the model does, or when the client has waited long. */
export class AnswerStream {
  isBegun = false;
  readonly #outgoing: ServerResponse;
  readonly #writer: AnswerWriter;
  readonly #timer: NodeJS.Timeout;
  #isSilent = true;

  /** @param pingMs milliseconds of silence after which the client is told that the connection is alive */
  constructor(outgoing: ServerResponse, writer: AnswerWriter, pingMs: number) {
    this.#outgoing = outgoing;
    this.#writer = writer;
    this.#timer = setInterval(() => this.#ping(), pingMs);
    this.#timer.unref();
  }

  begin(): void {
    if (this.isBegun) return;
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
    return new Promise((resolve) => {
      const done = (): void => {
        this.#outgoing.off('drain', done);
        this.#outgoing.off('close', done);
        resolve();
      };
      this.#outgoing.on('drain', done);
      this.#outgoing.on('close', done);
    });
  }

  /** An error after the beginning; the stream ends with it. */
  fail(fault: ProxyFault): void {
    this.#outgoing.write(this.#writer.fault(fault));
    this.end();
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.isBegun) this.#outgoing.end();
  }

  /** Lets the answer be given in another form. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  #ping(): void {
    if (!this.isBegun) this.begin();
    else if (this.#isSilent && !this.#outgoing.destroyed) this.#outgoing.write(this.#writer.ping());
    this.#isSilent = true;
  }
}

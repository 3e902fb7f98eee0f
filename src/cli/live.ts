import { note, paint } from './output.ts';

const TERMINAL_MS = 200;
const PLAIN_MS = 10_000;

/** A line that is told again and again: in place on a terminal, one below the other elsewhere. */
export class LiveLine {
  readonly #tell: () => string;
  readonly #terminal = process.stderr.isTTY && process.env.TERM !== 'dumb';
  readonly #timer: NodeJS.Timeout;
  #last = '';
  #ended = false;

  constructor(tell: () => string) {
    this.#tell = tell;
    this.#timer = setInterval(() => this.#show(), this.#terminal ? TERMINAL_MS : PLAIN_MS);
    this.#timer.unref();
  }

  /** Prints a line that stays, above the live one. */
  say(line: string): void {
    this.#clear();
    note(line);
    if (this.#terminal && !this.#ended) this.#show();
  }

  /** Ends the line, in its last state. */
  stop(): void {
    clearInterval(this.#timer);
    this.#show();
    if (this.#terminal) process.stderr.write('\n');
  }

  /** Ends the line and takes it away: what comes next tells the end. */
  wipe(): void {
    this.#ended = true;
    clearInterval(this.#timer);
    this.#clear();
  }

  #show(): void {
    const line = this.#tell();
    if (!this.#terminal) {
      if (line !== this.#last) note(line);
    } else {
      const width = Math.max(20, process.stderr.columns ?? 80) - 1;
      this.#clear();
      process.stderr.write(paint.err.dim(line.length > width ? `${line.slice(0, width - 1)}…` : line));
    }
    this.#last = line;
  }

  #clear(): void {
    if (this.#terminal) process.stderr.write('\r\u001b[K');
  }
}

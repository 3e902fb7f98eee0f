import type { Source } from '../dataset/index.ts';
import { LiveLine } from './live.ts';
import { paint } from './output.ts';
import { count, duration } from './text.ts';

/** Broken rows of which each is named; of the rest only the number is told. */
const NAMED = 20;

/** Tells on standard error how far the reading of sources is, what in them is broken, and how far the writing is. */
export class Reading {
  readonly #sources: readonly Source[];
  readonly #began = Date.now();
  readonly #live: LiveLine;
  #read = 0;
  #written: string | undefined;
  #broken = 0;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    this.#live = new LiveLine(() => this.#line());
  }

  readonly onProgress = (read: number): void => {
    this.#read = read;
  };

  readonly onWritten = (done: number, all: number): void => {
    this.#written = `writing ${Math.floor((done / all) * 100)} %`;
  };

  readonly onBroken = (where: string, why: string): void => {
    this.#broken += 1;
    if (this.#broken <= NAMED) this.#live.say(`${paint.err.yellow('broken')} ${where}: ${why}`);
  };

  /** Takes the line of progress away; it is of no use once the end is known. */
  end(): void {
    this.#live.wipe();
    const rest = this.#broken - NAMED;
    if (rest > 0) this.#live.say(`${paint.err.yellow('broken')} ${count(rest)} more`);
  }

  #line(): string {
    if (this.#written) return `${count(this.#read)} read · ${this.#written}`;
    const seconds = (Date.now() - this.#began) / 1000;
    const done = this.#sources.reduce((sum, { meter }) => sum + (meter?.done ?? 0), 0);
    const total = this.#sources.reduce((sum, { meter }) => sum + (meter?.total ?? 0), 0);
    const told = [`${count(this.#read)} read`];
    if (this.#read > 0) told.push(`${count(this.#read / Math.max(seconds, 1))} a second`);
    if (this.#read > 0 && done > 0 && done < total) {
      told.push(
        `${Math.floor((done / total) * 100)} %`,
        `${duration((seconds / done) * (total - done))} left`,
      );
    }
    return done >= total && this.#read > 0 ? `${told.join(' · ')} · writing` : told.join(' · ');
  }
}

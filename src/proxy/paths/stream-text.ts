import { TESTBED } from '../../sandbox/index.ts';
import { placesOf } from './boundary.ts';

/** Characters before a path that decide whether it is one, and behind it. */
const BEFORE = 12;
const BEHIND = 2;

/**
 * Puts the client's folder in the place of `/testbed` in a text that comes in pieces. Only what may be the beginning
 * of the word is held back, until the next piece says.
 */
export class StreamText {
  readonly #root: string;
  #before = '';
  #held = '';

  constructor(root: string) {
    this.#root = root;
  }

  /** The part of all pieces until now that can be shown, without what has been shown. */
  feed(piece: string): string {
    const text = this.#held + piece;
    const ready = text.length - heldBack(text);
    return this.#take(text, ready);
  }

  end(): string {
    return this.#take(this.#held, this.#held.length);
  }

  #take(text: string, ready: number): string {
    const { length } = this.#before;
    const whole = this.#before + text;
    const end = length + ready;
    this.#held = text.slice(ready);
    this.#before = whole.slice(Math.max(0, end - BEFORE), end);
    if (!whole.includes(TESTBED)) return text.slice(0, ready);
    let result = '';
    let done = length;
    for (const place of placesOf(whole, TESTBED)) {
      if (place < length || place >= end) continue;
      result += whole.slice(done, place) + this.#root;
      done = place + TESTBED.length;
    }
    return result + whole.slice(done, end);
  }
}

/** How many characters at the end of a text may belong to a `/testbed` that is not decided yet. */
function heldBack(text: string): number {
  const last = text.lastIndexOf('/', text.length - 1);
  for (
    let at = last;
    at !== -1 && text.length - at < TESTBED.length + BEHIND;
    at = at === 0 ? -1 : text.lastIndexOf('/', at - 1)
  ) {
    const rest = text.slice(at);
    if (TESTBED.startsWith(rest) || rest.startsWith(TESTBED)) return rest.length;
  }
  return 0;
}

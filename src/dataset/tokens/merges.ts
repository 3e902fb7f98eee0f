/** Words of an entry: both tokens, the rank of their merge, and the token that it makes. */
const ENTRY = 4;

/** The merges of a vocabulary by their pair, in one block of memory: a map of 150,000 objects takes ten times that. */
export class Merges {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** @param most merges that will be added at most */
  constructor(most: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(8, 2 * most)));
    this.#words = new Int32Array(places * ENTRY).fill(-1);
    this.#mask = places - 1;
  }

  /** Of two merges of one pair the later counts. */
  add(left: number, right: number, rank: number, token: number): void {
    this.#words.set([left, right, rank, token], this.#place(left, right));
  }

  /** Where the merge of a pair lies; -1 where the two do not merge. */
  find(left: number, right: number): number {
    const at = this.#place(left, right);
    return this.#words[at] === left ? at : -1;
  }

  /** @param at as `find` gave it; the smaller the rank, the earlier the merge is made */
  rank(at: number): number {
    return this.#words[at + 2] ?? 0;
  }

  token(at: number): number {
    return this.#words[at + 3] ?? 0;
  }

  #place(left: number, right: number): number {
    const words = this.#words;
    let place = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    place ^= place >>> 15;
    for (;;) {
      const at = (place & this.#mask) * ENTRY;
      const found = words[at];
      if (found === -1 || (found === left && words[at + 1] === right)) return at;
      place += 1;
    }
  }
}

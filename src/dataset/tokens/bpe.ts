import { Merges } from './merges.ts';

/** Longer pieces are merged with a heap, since looking for the best pair over and over is quadratic. */
const SHORT = 64;
/** Later than every merge. */
const NEVER = 2 ** 31 - 1;

/**
 * Byte-pair encoding of one piece of text at a time, counting only: the tokens themselves are not kept.
 * Merges are made as Hugging Face's `tokenizers` makes them: the lowest rank first, the leftmost of equals.
 */
export class BytePairs {
  readonly #bytes: Int32Array;
  readonly #merges: Merges;
  /** A short piece on its way: its tokens, and the rank of each one's merge with the next. */
  readonly #tokens = new Int32Array(SHORT);
  readonly #ranks = new Int32Array(SHORT);

  /**
   * @param vocabulary token text, in the byte alphabet of GPT-2, to its number
   * @param merges pairs of token texts, by rank
   */
  constructor(vocabulary: Readonly<Record<string, number>>, merges: readonly (readonly [string, string])[]) {
    const numberOf = (text: string) => (Object.hasOwn(vocabulary, text) ? vocabulary[text] : undefined);
    this.#bytes = Int32Array.from(byteAlphabet(), (character) => numberOf(character) ?? 0);
    this.#merges = new Merges(merges.length);
    for (const [rank, [left, right]] of merges.entries()) {
      const [a, b, token] = [numberOf(left), numberOf(right), numberOf(left + right)];
      if (a !== undefined && b !== undefined && token !== undefined) this.#merges.add(a, b, rank, token);
    }
  }

  /** Tokens of one piece, as UTF-8. */
  count(piece: Uint8Array): number {
    return piece.length <= SHORT ? this.#countShort(piece) : this.#countLong(piece);
  }

  #rank(left: number, right: number): number {
    const at = this.#merges.find(left, right);
    return at < 0 ? NEVER : this.#merges.rank(at);
  }

  #countShort(piece: Uint8Array): number {
    const [tokens, ranks] = [this.#tokens, this.#ranks];
    let count = piece.length;
    for (let i = 0; i < count; i += 1) tokens[i] = this.#bytes[piece[i] ?? 0] ?? 0;
    for (let i = 0; i + 1 < count; i += 1) ranks[i] = this.#rank(tokens[i] ?? 0, tokens[i + 1] ?? 0);
    while (count > 1) {
      let at = 0;
      for (let i = 1; i + 1 < count; i += 1) if ((ranks[i] ?? 0) < (ranks[at] ?? 0)) at = i;
      if (ranks[at] === NEVER) break;
      const merge = this.#merges.find(tokens[at] ?? 0, tokens[at + 1] ?? 0);
      tokens[at] = this.#merges.token(merge);
      tokens.copyWithin(at + 1, at + 2, count);
      ranks.copyWithin(at, at + 1, count - 1);
      count -= 1;
      if (at + 1 < count) ranks[at] = this.#rank(tokens[at] ?? 0, tokens[at + 1] ?? 0);
      if (at > 0) ranks[at - 1] = this.#rank(tokens[at - 1] ?? 0, tokens[at] ?? 0);
    }
    return count;
  }

  /** The same with a linked list of the tokens and a heap of the merges that are possible between neighbours. */
  #countLong(piece: Uint8Array): number {
    const tokens = Int32Array.from(piece, (byte) => this.#bytes[byte] ?? 0);
    const next = Int32Array.from(tokens, (_, i) => (i + 1 < tokens.length ? i + 1 : -1));
    const previous = Int32Array.from(tokens, (_, i) => i - 1);
    const dead = new Uint8Array(tokens.length);
    const heap = new Heap(tokens.length);
    const offer = (left: number) => {
      const right = next[left] ?? -1;
      if (right < 0) return;
      const rank = this.#rank(tokens[left] ?? 0, tokens[right] ?? 0);
      if (rank !== NEVER) heap.push(rank, left);
    };
    for (let i = 0; i < tokens.length; i += 1) offer(i);
    let count = tokens.length;
    while (heap.size > 0) {
      const { rank, position: left } = heap.pop();
      const right = next[left] ?? -1;
      if (dead[left] || right < 0) continue;
      const merge = this.#merges.find(tokens[left] ?? 0, tokens[right] ?? 0);
      if (merge < 0 || this.#merges.rank(merge) !== rank) continue; // one of the two has been merged since
      tokens[left] = this.#merges.token(merge);
      dead[right] = 1;
      const after = next[right] ?? -1;
      next[left] = after;
      if (after >= 0) previous[after] = left;
      count -= 1;
      offer(left);
      const before = previous[left] ?? -1;
      if (before >= 0) offer(before);
    }
    return count;
  }
}

/** Smallest rank first, then the leftmost. Keys are rank and position in one number, both below 2^26. */
class Heap {
  readonly #keys: number[] = [];
  readonly #positions: number;

  constructor(positions: number) {
    this.#positions = positions;
  }

  get size(): number {
    return this.#keys.length;
  }

  push(rank: number, position: number): void {
    const keys = this.#keys;
    const key = rank * this.#positions + position;
    let at = keys.push(key) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = keys[parent] ?? 0;
      if (above <= key) break;
      keys[at] = above;
      at = parent;
    }
    keys[at] = key;
  }

  pop(): { rank: number; position: number } {
    const keys = this.#keys;
    const top = keys[0] ?? 0;
    const last = keys.pop() ?? 0;
    if (keys.length > 0) this.#sink(last);
    return { rank: Math.floor(top / this.#positions), position: top % this.#positions };
  }

  #sink(key: number): void {
    const keys = this.#keys;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= keys.length) break;
      const right = keys[child + 1];
      if (right !== undefined && right < (keys[child] ?? 0)) child += 1;
      const below = keys[child] ?? 0;
      if (below >= key) break;
      keys[at] = below;
      at = child;
    }
    keys[at] = key;
  }
}

/** GPT-2's alphabet: printable bytes stand for themselves, the others for characters from U+0100 on. */
function byteAlphabet(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCodePoint(printable ? byte : next++);
  });
}

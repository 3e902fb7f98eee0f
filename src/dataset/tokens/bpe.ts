/** A merge of two tokens: the smaller its rank, the earlier it is made. */
interface Merge {
  readonly rank: number;
  readonly token: number;
}

/** Longer pieces are merged with a heap, since looking for the best pair over and over is quadratic. */
const SHORT = 64;

/**
 * Byte-pair encoding of one piece of text at a time, counting only: the tokens themselves are not kept.
 * Merges are made as Hugging Face's `tokenizers` makes them: the lowest rank first, the leftmost of equals.
 */
export class BytePairs {
  readonly #bytes: readonly number[];
  readonly #merges: ReadonlyMap<number, Merge>;
  readonly #size: number;

  /**
   * @param vocabulary token text, in the byte alphabet of GPT-2, to its number
   * @param merges pairs of token texts, by rank
   */
  constructor(vocabulary: ReadonlyMap<string, number>, merges: Iterable<readonly [string, string]>) {
    this.#size = 1 + Math.max(...[...vocabulary.values()].slice(-1), vocabulary.size);
    this.#bytes = byteAlphabet().map((character) => vocabulary.get(character) ?? 0);
    const byPair = new Map<number, Merge>();
    let rank = 0;
    for (const [left, right] of merges) {
      const token = vocabulary.get(left + right);
      const [a, b] = [vocabulary.get(left), vocabulary.get(right)];
      if (token !== undefined && a !== undefined && b !== undefined) {
        byPair.set(this.#pair(a, b), { rank, token });
      }
      rank += 1;
    }
    this.#merges = byPair;
  }

  /** Tokens of one piece, as UTF-8. */
  count(piece: Uint8Array): number {
    const tokens = Array.from(piece, (byte) => this.#bytes[byte] ?? 0);
    return tokens.length <= SHORT ? this.#countShort(tokens) : this.#countLong(tokens);
  }

  #pair(left: number, right: number): number {
    return left * this.#size + right;
  }

  #countShort(tokens: number[]): number {
    while (tokens.length > 1) {
      let best: Merge | undefined;
      let at = -1;
      for (let i = 0; i + 1 < tokens.length; i += 1) {
        const merge = this.#merges.get(this.#pair(tokens[i] ?? 0, tokens[i + 1] ?? 0));
        if (merge && (!best || merge.rank < best.rank)) {
          best = merge;
          at = i;
        }
      }
      if (!best) break;
      tokens.splice(at, 2, best.token);
    }
    return tokens.length;
  }

  /** The same with a linked list of the tokens and a heap of the merges that are possible between neighbours. */
  #countLong(tokens: number[]): number {
    const next = Int32Array.from(tokens, (_, i) => (i + 1 < tokens.length ? i + 1 : -1));
    const previous = Int32Array.from(tokens, (_, i) => i - 1);
    const dead = new Uint8Array(tokens.length);
    const heap = new Heap(tokens.length);
    const offer = (left: number) => {
      const right = next[left] ?? -1;
      if (right < 0) return;
      const merge = this.#merges.get(this.#pair(tokens[left] ?? 0, tokens[right] ?? 0));
      if (merge) heap.push(merge.rank, left);
    };
    for (let i = 0; i < tokens.length; i += 1) offer(i);
    let count = tokens.length;
    while (heap.size > 0) {
      const { rank, position: left } = heap.pop();
      const right = next[left] ?? -1;
      if (dead[left] || right < 0) continue;
      const merge = this.#merges.get(this.#pair(tokens[left] ?? 0, tokens[right] ?? 0));
      if (merge?.rank !== rank) continue; // one of the two has been merged since
      tokens[left] = merge.token;
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

/** Places of a signature: the error of the similarity that it tells is about 1 / √128. */
const HASHES = 128;
/** What no hash is. */
const NONE = 0xffffffff;
const SALT = 0x9e3779b1;
/** Words that make up a shingle. */
const SHINGLE = 5;

/** A short stand-in for a set of word shingles; the share of equal places tells the sets' Jaccard similarity. */
export type Signature = Uint32Array;

/**
 * One permutation for all places: a shingle's hash says which place it belongs to, and each place keeps its smallest.
 * A place that got none borrows that of another, which hangs on the place alone and so is the same in every text
 * (Shrivastava, "Optimal Densification for Fast and Accurate Minwise Hashing", 2017).
 */
export function signature(text: string): Signature {
  const minima = new Uint32Array(HASHES).fill(NONE);
  const words = hashesOfWords(text);
  for (let start = 0; start <= Math.max(0, words.length - SHINGLE); start += 1) {
    const shingle = shingleAt(words, start);
    const place = shingle % HASHES;
    const hashed = Math.min(mix(shingle ^ SALT), NONE - 1);
    if (hashed < (minima[place] ?? 0)) minima[place] = hashed;
  }
  const own = minima.slice();
  for (let place = 0; place < HASHES; place += 1) {
    let from = place;
    for (let attempt = 1; own[from] === NONE; attempt += 1)
      from = mix(Math.imul(place, SALT) ^ attempt) % HASHES;
    minima[place] = own[from] ?? 0;
  }
  return minima;
}

export function similarity(a: Signature, b: Signature): number {
  let equal = 0;
  for (let i = 0; i < HASHES; i += 1) if (a[i] === b[i]) equal += 1;
  return equal / HASHES;
}

/** Finds earlier signatures that are similar without comparing with each: equal bands are looked up. */
export class SimilarIndex {
  readonly #threshold: number;
  readonly #rows: number;
  readonly #bands: Map<number, number[]>[];
  readonly #signatures: Signature[] = [];

  /** @param threshold from 0.5 to 1 */
  constructor(threshold: number) {
    this.#threshold = threshold;
    // The longest bands that still meet nearly always (99 %) at the threshold.
    const fits = [32, 16, 8, 4].find((rows) => (1 - threshold ** rows) ** (HASHES / rows) < 0.01);
    this.#rows = fits ?? 2;
    this.#bands = Array.from({ length: HASHES / this.#rows }, () => new Map());
  }

  /** Whether an earlier one is similar; if none is, this one is kept. */
  meets(found: Signature): boolean {
    const keys = this.#bands.map((_, band) => this.#key(found, band));
    const candidates = new Set(keys.flatMap((key, band) => this.#bands[band]?.get(key) ?? []));
    for (const index of candidates) {
      const earlier = this.#signatures[index];
      if (earlier && similarity(earlier, found) >= this.#threshold) return true;
    }
    const index = this.#signatures.push(found) - 1;
    for (const [band, key] of keys.entries()) {
      const bucket = this.#bands[band]?.get(key);
      if (bucket) bucket.push(index);
      else this.#bands[band]?.set(key, [index]);
    }
    return false;
  }

  #key(found: Signature, band: number): number {
    let key = band;
    for (let i = band * this.#rows; i < (band + 1) * this.#rows; i += 1) key = mix(key ^ (found[i] ?? 0));
    return key;
  }
}

function hashesOfWords(text: string): number[] {
  return (text.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? []).map(hashText);
}

/** Hash of a run of words; a shorter text is one. */
function shingleAt(words: readonly number[], start: number): number {
  let hash = 0;
  for (let i = start; i < Math.min(start + SHINGLE, words.length); i += 1) {
    hash = mix(Math.imul(hash, 31) ^ (words[i] ?? 0));
  }
  return hash;
}

/** FNV-1a over UTF-16 units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3. */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

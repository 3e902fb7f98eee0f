/** Hash functions of a signature: the error of the similarity that it tells is about 1 / √128. */
const HASHES = 128;
/** Words that make up a shingle. */
const SHINGLE = 5;

/** A short stand-in for a set of word shingles; the share of equal places tells the sets' Jaccard similarity. */
export type Signature = Uint32Array;

export function signature(text: string): Signature {
  const minima = new Uint32Array(HASHES).fill(0xffffffff);
  for (const shingle of shingles(text)) {
    // Two independent hashes give all others (Kirsch and Mitzenmacher, 2006).
    const second = mix(shingle) | 1;
    let value = shingle;
    for (let i = 0; i < HASHES; i += 1) {
      const hashed = mix(value);
      if (hashed < (minima[i] ?? 0)) minima[i] = hashed;
      value = (value + second) >>> 0;
    }
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

/** Hashes of all runs of words; a shorter text is one. */
function shingles(text: string): Set<number> {
  const words = (text.match(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? []).map(hashText);
  const found = new Set<number>();
  for (let i = 0; i <= Math.max(0, words.length - SHINGLE); i += 1) {
    let hash = 0;
    for (const word of words.slice(i, i + SHINGLE)) hash = mix(Math.imul(hash, 31) ^ word);
    found.add(hash);
  }
  return found;
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

import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { TokenizerError } from '../errors.ts';
import { BytePairs } from './bpe.ts';

/** Counts tokens as the student's tokenizer makes them of a text, special tokens in the text included. */
export interface Tokenizer {
  count(text: string): number;
}

/**
 * The part of `tokenizer.json` that is counted here: byte-level BPE behind one pattern, as Qwen 2 to 3 have it.
 * The two large tables are looked at by kind only, since a schema over 300,000 entries takes longer than reading them.
 */
const ByteLevelFile = z.object({
  added_tokens: z.array(
    z.object({
      content: z.string().min(1),
      normalized: z.literal(false),
      lstrip: z.literal(false),
      rstrip: z.literal(false),
      single_word: z.literal(false),
    }),
  ),
  normalizer: z.union([z.null(), z.object({ type: z.literal('NFC') })]),
  pre_tokenizer: z.object({
    type: z.literal('Sequence'),
    pretokenizers: z.tuple([
      z.object({
        type: z.literal('Split'),
        pattern: z.object({ Regex: z.string() }),
        behavior: z.literal('Isolated'),
        invert: z.literal(false),
      }),
      z.object({
        type: z.literal('ByteLevel'),
        add_prefix_space: z.literal(false),
        use_regex: z.literal(false),
      }),
    ]),
  }),
  model: z.object({
    type: z.literal('BPE'),
    vocab: z.custom<Readonly<Record<string, number>>>((value) => typeof value === 'object' && value !== null),
    merges: z.custom<readonly (string | readonly [string, string])[]>(Array.isArray),
    ignore_merges: z.literal(false).optional(),
    byte_fallback: z.literal(false).optional(),
  }),
});
type ByteLevelFile = z.infer<typeof ByteLevelFile>;

/** Pieces whose count is remembered; code is made of few different words. */
const REMEMBERED = 400_000;
/** Longer pieces hardly come again. */
const LONGEST_REMEMBERED = 40;

/**
 * Makes a counter of a parsed `tokenizer.json`: for Qwen's kind the one below, which only counts and is several times
 * faster; for any other the library's.
 *
 * @throws TokenizerError the library does not take it either
 */
export function makeTokenizer(file: unknown, name: string): Tokenizer {
  const parsed = ByteLevelFile.safeParse(file);
  if (parsed.success) return new ByteLevelTokenizer(parsed.data);
  try {
    const library = new LibraryTokenizer(file as object, {});
    return { count: (text) => library.encode(text, { add_special_tokens: false }).ids.length };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TokenizerError(`${name} is not a tokenizer.json that can be used: ${why}`);
  }
}

class ByteLevelTokenizer implements Tokenizer {
  readonly #added: RegExp | undefined;
  readonly #pieces: RegExp;
  readonly #composed: boolean;
  readonly #pairs: BytePairs;
  #known = new Map<string, number>();

  constructor({ added_tokens, normalizer, pre_tokenizer, model }: ByteLevelFile) {
    const added = added_tokens.map((token) => token.content).sort((a, b) => b.length - a.length);
    this.#added =
      added.length > 0
        ? new RegExp(added.map((text) => text.replace(/[^\w]/g, '\\$&')).join('|'), 'g')
        : undefined;
    this.#pieces = new RegExp(asJavaScript(pre_tokenizer.pretokenizers[0].pattern.Regex), 'gu');
    this.#composed = normalizer !== null;
    const merges = model.merges.map((merge) => (typeof merge === 'string' ? halves(merge) : merge));
    this.#pairs = new BytePairs(model.vocab, merges);
  }

  count(text: string): number {
    const { whole, parts } = this.#apart(text.toWellFormed());
    return parts.reduce((sum, part) => sum + this.#countPart(part), whole);
  }

  /** The added tokens of a text, each one token, and what stands between them. */
  #apart(text: string): { whole: number; parts: readonly string[] } {
    if (!this.#added || !text.includes('<')) return { whole: 0, parts: [text] };
    const parts = text.split(this.#added);
    return { whole: parts.length - 1, parts };
  }

  #countPart(part: string): number {
    const text = this.#composed && BEYOND_LATIN.test(part) ? part.normalize('NFC') : part;
    let count = 0;
    for (const piece of text.match(this.#pieces) ?? []) {
      count += this.#known.get(piece) ?? this.#countPiece(piece);
    }
    return count;
  }

  #countPiece(piece: string): number {
    const count = this.#pairs.count(Buffer.from(piece));
    if (piece.length > LONGEST_REMEMBERED) return count;
    if (this.#known.size >= REMEMBERED) this.#known = new Map();
    // A slice of a long text would keep the whole of it in memory.
    this.#known.set(Buffer.from(piece).toString(), count);
    return count;
  }
}

/** Below it nothing changes under NFC. */
const BEYOND_LATIN = /[^\0-\u02ff]/;

/** White space is Unicode's in the pattern's own engine; JavaScript adds a mark to it and leaves one out. */
function asJavaScript(pattern: string): string {
  return pattern.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}');
}

function halves(merge: string): readonly [string, string] {
  const space = merge.indexOf(' ');
  return [merge.slice(0, space), merge.slice(space + 1)];
}

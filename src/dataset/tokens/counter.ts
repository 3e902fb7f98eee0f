import { type CountTable, keyOf } from './count-table.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Counts tokens, each distinct text once: most messages of a set come again (the other rollout read the same file). */
export class TokenCounter {
  readonly #load: () => Tokenizer;
  readonly #known: CountTable;
  #tokenizer: Tokenizer | undefined;

  /**
   * @param load makes the tokenizer; asked only when a text is not known
   * @param known counts of this tokenizer that are known already
   */
  constructor(load: () => Tokenizer, known: CountTable) {
    this.#load = load;
    this.#known = known;
  }

  /**
   * Tokens of each text.
   *
   * @throws TokenizerError the tokenizer cannot be loaded
   */
  count(texts: readonly string[]): number[] {
    return texts.map((text) => {
      const key = keyOf(text);
      const known = this.#known.get(key);
      if (known !== undefined) return known;
      this.#tokenizer ??= this.#load();
      const count = this.#tokenizer.count(text);
      this.#known.set(key, count);
      return count;
    });
  }
}

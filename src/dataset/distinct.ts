/**
 * Texts, each once. They are told apart by their length first: few texts of a rollout are equally long, and to compare
 * those takes less time than to hash every one.
 */
export class DistinctTexts {
  readonly texts: string[] = [];
  readonly #ofLength = new Map<number, number[]>();

  /** @returns the text's number: where it stands in `texts` */
  add(text: string): number {
    const others = this.#ofLength.get(text.length) ?? [];
    const known = others.find((number) => this.texts[number] === text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    if (others.push(number) === 1) this.#ofLength.set(text.length, others);
    return number;
  }
}

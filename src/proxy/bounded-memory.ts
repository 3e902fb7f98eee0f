/** Values under their names, the oldest of which are forgotten where there are too many or they are too large. */
export class BoundedMemory<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly size: number }>();
  readonly #most: number;
  readonly #largest: number;
  #size = 0;

  /**
   * @param most values
   * @param largest of all sizes together
   */
  constructor(most: number, largest: number) {
    this.#most = most;
    this.#largest = largest;
  }

  get(name: string): Value | undefined {
    return this.#entries.get(name)?.value;
  }

  /** The newest first. */
  values(): Value[] {
    return Array.from(this.#entries.values(), ({ value }) => value).reverse();
  }

  set(name: string, value: Value, size: number): void {
    this.#forget(name);
    if (size > this.#largest) return;
    this.#entries.set(name, { value, size });
    this.#size += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#largest && this.#entries.size <= this.#most) break;
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    this.#size -= this.#entries.get(name)?.size ?? 0;
    this.#entries.delete(name);
  }
}

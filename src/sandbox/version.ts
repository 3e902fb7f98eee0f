/** A program's version, as two numbers are enough to tell what it can do. */
export class Version {
  readonly text: string;
  readonly #major: number;
  readonly #minor: number;

  /** @param text what `--version` prints */
  constructor(text: string) {
    const [found, major, minor] = /(\d+)\.(\d+)[\w.-]*/.exec(text) ?? ['unknown', '0', '0'];
    this.text = found;
    this.#major = Number(major);
    this.#minor = Number(minor);
  }

  atLeast(major: number, minor: number): boolean {
    return this.#major > major || (this.#major === major && this.#minor >= minor);
  }
}

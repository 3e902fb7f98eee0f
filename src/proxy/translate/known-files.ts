const REMOVES = /\b(?:rm|mv|unlink|rmdir|clean|git|delete|remove)\b/;

/** Files as the client has last shown them whole, by their real paths. */
export class KnownFiles {
  readonly #contents = new Map<string, string>();
  /** Files that were there, and that no command is likely to have removed since. */
  readonly #present = new Set<string>();

  content(path: string): string | undefined {
    return this.#contents.get(path);
  }

  isPresent(path: string): boolean {
    return this.#present.has(path);
  }

  saw(path: string, content: string): void {
    this.#contents.set(path, content);
    this.#present.add(path);
  }

  /** A command may have removed anything. */
  ranCommand(command: string): void {
    if (REMOVES.test(command)) this.#present.clear();
  }
}

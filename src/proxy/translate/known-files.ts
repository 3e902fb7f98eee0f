const REMOVES = /\b(?:rm|mv|unlink|rmdir|clean|git|delete|remove)\b/;

/** Files as the client has last shown them whole, by their real paths. */
export class KnownFiles {
  readonly #contents = new Map<string, string>();
  /** What each file was before each of its edits that has not been taken back, where that is known. */
  readonly #before = new Map<string, (string | undefined)[]>();
  /** Files that were there, and that no command is likely to have removed since. */
  readonly #present = new Set<string>();

  copy(): KnownFiles {
    const copy = new KnownFiles();
    for (const [path, content] of this.#contents) copy.#contents.set(path, content);
    for (const [path, versions] of this.#before) copy.#before.set(path, [...versions]);
    for (const path of this.#present) copy.#present.add(path);
    return copy;
  }

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

  /** @param before undefined where nobody has seen it */
  edited(path: string, before: string | undefined): void {
    const versions = this.#before.get(path);
    if (versions) versions.push(before);
    else this.#before.set(path, [before]);
  }

  /** The last edit has been taken back. */
  undone(path: string): void {
    this.#before.get(path)?.pop();
  }

  /** What a file was before its last edit; undefined where it had none. */
  beforeEdit(path: string): { readonly content: string | undefined } | undefined {
    const versions = this.#before.get(path) ?? [];
    return versions.length === 0 ? undefined : { content: versions.at(-1) };
  }

  /** A command may have removed anything. */
  ranCommand(command: string): void {
    if (REMOVES.test(command)) this.#present.clear();
  }
}

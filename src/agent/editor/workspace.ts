import { type FileKind, SandboxFileError, type SandboxFiles } from '../../sandbox/index.ts';
import { Refusal } from './refusal.ts';
import { decodeText, encodeText, type TextFile, unencodable } from './text.ts';

/** A sandbox's files as one rollout edits them, with what they were before each edit. */
export class Workspace {
  readonly #files: SandboxFiles;
  readonly #history = new Map<string, Buffer[]>();

  constructor(files: SandboxFiles) {
    this.#files = files;
  }

  kind(path: string): Promise<FileKind> {
    return answered(() => this.#files.kind(path));
  }

  list(path: string, depth: number): Promise<string[]> {
    return answered(() => this.#files.list(path, depth));
  }

  async read(path: string): Promise<TextFile> {
    return decodeText(await answered(() => this.#files.read(path)));
  }

  write(path: string, bytes: Buffer): Promise<void> {
    return answered(() => this.#files.write(path, bytes));
  }

  /** Writes an edit; `added` is the text that is new in it. */
  async save(path: string, before: TextFile, after: TextFile, added: string): Promise<void> {
    const character = unencodable(added, before.encoding);
    if (character !== undefined) {
      throw new Refusal(
        `No change was made: ${path} is not UTF-8 and cannot hold the character \`${character}\`.`,
      );
    }
    await this.write(path, encodeText(after));
    const edits = this.#history.get(path) ?? [];
    edits.push(encodeText(before));
    this.#history.set(path, edits);
  }

  /** Takes the last edit of a file back. */
  async undo(path: string): Promise<TextFile> {
    const edits = this.#history.get(path);
    const bytes = edits?.at(-1);
    if (bytes === undefined) throw new Refusal(`No edit history found for ${path}.`);
    await this.write(path, bytes);
    edits?.pop();
    return decodeText(bytes);
  }
}

/** A file that cannot be read or written is the model's to know; a sandbox that fails ends the rollout. */
async function answered<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof SandboxFileError) throw new Refusal(`Ran into an error: ${error.message}.`);
    throw error;
  }
}

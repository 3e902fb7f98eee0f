import { Bash } from './bash.ts';
import { SandboxError } from './errors.ts';
import { wardenFiles } from './files.ts';
import type { Launched } from './launched.ts';
import { type PatchPlaces, refreshedIndex, takePatch } from './patch.ts';
import type {
  CommandOptions,
  CommandResult,
  Sandbox,
  SandboxFiles,
  SandboxKind,
  SandboxLimits,
} from './sandbox.ts';
import { Warden } from './warden.ts';

/** A sandbox of any kind, once its first process runs: a warden and two shells. */
export class BashSandbox implements Sandbox {
  readonly kind: SandboxKind;
  readonly files: SandboxFiles;
  readonly #launched: Launched;
  readonly #places: PatchPlaces;
  readonly #limits: SandboxLimits;
  readonly #warden: Warden;
  readonly #shell: Bash;
  readonly #runner: Bash;
  #closing: Promise<void> | undefined;

  constructor(kind: SandboxKind, launched: Launched, places: PatchPlaces, limits: SandboxLimits) {
    this.kind = kind;
    this.#launched = launched;
    this.#places = places;
    this.#limits = limits;
    const settings = { outputLimit: limits.output, root: places.tree };
    this.#warden = new Warden(launched.warden);
    this.#shell = new Bash(this.#warden, launched.shell, { input: 3, output: 4 }, settings);
    this.#runner = new Bash(this.#warden, launched.runner, { input: 5, output: 6 }, settings);
    this.files = wardenFiles(this.#warden);
    void launched.ended.then((complaint) => this.#break(complaint));
  }

  /**
   * @param prologue lines of bash that the kind needs before the first command
   * @throws SandboxError it did not start; the message ends with what the program said
   */
  async boot(prologue: string): Promise<void> {
    try {
      await this.#warden.boot(this.#limits, prologue);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  shell(command: string, options: CommandOptions): Promise<CommandResult> {
    return this.#shell.evaluate(command, options);
  }

  run(command: string, options: CommandOptions): Promise<CommandResult> {
    return this.#runner.fresh(command, options);
  }

  patch(): Promise<string> {
    return takePatch(this.#warden, this.#places);
  }

  /** For a tree that was just made ready, before any command ran in this sandbox. */
  refreshedIndex(): Promise<Buffer | undefined> {
    return refreshedIndex(this.#warden, this.#places);
  }

  close(): Promise<void> {
    this.#closing ??= this.#launched.end();
    return this.#closing;
  }

  #break(complaint: string): void {
    const reason = this.#closing === undefined ? `has ended: ${complaint.trim()}` : 'is closed';
    const error = new SandboxError(`the ${this.kind} sandbox ${reason}`);
    for (const part of [this.#warden, this.#shell, this.#runner]) part.break(error);
  }
}

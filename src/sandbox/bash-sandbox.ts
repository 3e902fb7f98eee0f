import { Bash } from './bash.ts';
import { SandboxError, SandboxLimitError } from './errors.ts';
import { wardenFiles } from './files.ts';
import type { Launched } from './launched.ts';
import type { Workshop } from './maker.ts';
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
import type { Watch, Watched } from './watch.ts';

/** Milliseconds within which a second excess shows that ending the commands was not enough. */
const AGAIN = 1500;

/** A sandbox of any kind, once its first process runs: a warden and two shells. */
export class BashSandbox implements Sandbox, Watched {
  readonly kind: SandboxKind;
  readonly files: SandboxFiles;
  readonly limits: SandboxLimits;
  readonly root: number;
  readonly #launched: Launched;
  readonly #places: PatchPlaces;
  readonly #watch: Watch;
  readonly #warden: Warden;
  readonly #shell: Bash;
  readonly #runner: Bash;
  #closing: Promise<void> | undefined;
  #fault: SandboxError | undefined;
  #exceeded = Number.NEGATIVE_INFINITY;

  constructor(
    kind: SandboxKind,
    launched: Launched,
    places: PatchPlaces,
    { limits, watch }: Pick<Workshop, 'limits' | 'watch'>,
  ) {
    this.kind = kind;
    this.limits = limits;
    this.root = launched.root;
    this.#launched = launched;
    this.#places = places;
    this.#watch = watch;
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
      await this.#warden.boot(this.limits, prologue);
      this.#watch.add(this);
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

  async patch(): Promise<string> {
    try {
      return await takePatch(this.#warden, this.#places);
    } catch (error) {
      if (this.#closing !== undefined) throw error;
      // What the rollout left running may leave git no process, no memory, or a file that it writes to without end.
      await this.#sweep();
      return takePatch(this.#warden, this.#places);
    }
  }

  /** For a tree that was just made ready, before any command ran in this sandbox. */
  refreshedIndex(): Promise<Buffer | undefined> {
    return refreshedIndex(this.#warden, this.#places);
  }

  close(): Promise<void> {
    this.#watch.delete(this);
    this.#closing ??= this.#launched.end();
    return this.#closing;
  }

  get busy(): boolean {
    return this.#shell.busy || this.#runner.busy;
  }

  temporary(): number {
    return this.#launched.temporary();
  }

  written(): Promise<number> {
    return this.#launched.written();
  }

  async exceed(what: string): Promise<void> {
    const shells = [this.#shell, this.#runner];
    const busy = shells.filter((shell) => shell.busy);
    for (const shell of busy.length > 0 ? busy : shells) {
      shell.note(`[the rollout used ${what}; its processes were ended]`);
    }
    const now = performance.now();
    const again = now - this.#exceeded < AGAIN;
    this.#exceeded = now;
    if (again) await this.#sweep();
    else for (const shell of shells) await shell.endCommands();
  }

  async overrun(what: string): Promise<void> {
    this.#fault = new SandboxLimitError(`the rollout used ${what} and was ended`);
    await this.close();
  }

  async #sweep(): Promise<void> {
    await this.#warden.sweep();
    for (const shell of [this.#shell, this.#runner]) shell.lost();
  }

  #break(complaint: string): void {
    const reason = this.#closing === undefined ? `has ended: ${complaint.trim()}` : 'is closed';
    const error = this.#fault ?? new SandboxError(`the ${this.kind} sandbox ${reason}`);
    for (const part of [this.#warden, this.#shell, this.#runner]) part.break(error);
  }
}

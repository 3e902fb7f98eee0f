export type SandboxKind = 'bubblewrap' | 'container' | 'host';

/** Where the repository stands inside every sandbox, whatever its kind. */
export const TESTBED = '/testbed';

export interface CommandResult {
  /** Standard output and error as they came, decoded as UTF-8, without the last newline. */
  readonly output: string;
  /** Whether that last newline was there. */
  readonly newline: boolean;
  /** Null where the command was ended by its time limit or took its shell with it. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Characters left out of `output` because it was longer than the limit; `output` is its head then. */
  readonly omitted: number;
  /** The last characters, up to 16,000, where some were left out. */
  readonly tail?: string;
}

export interface CommandOptions {
  /** Seconds until the command is interrupted. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** What a path inside the sandbox is; `missing` where there is nothing. */
export type FileKind = 'file' | 'directory' | 'other' | 'missing';

/** Files as a program inside the sandbox sees them; links are followed inside it, never on the host. */
export interface SandboxFiles {
  kind(path: string): Promise<FileKind>;
  /** @throws SandboxFileError no such file, not readable, or larger than the limit */
  read(path: string): Promise<Buffer>;
  /** Creates missing parent folders; keeps the mode of a file that exists. */
  write(path: string, content: Buffer): Promise<void>;
  /** Paths below a folder, itself included, `depth` levels deep, without hidden entries, sorted. */
  list(path: string, depth: number): Promise<string[]>;
}

/**
 * One rollout's private place: the repository's tree at `/testbed`, a shell, a private `/tmp` and `HOME`,
 * and nothing else of the machine that could be changed. Closing it ends every process that was started in it.
 */
export interface Sandbox {
  readonly kind: SandboxKind;
  readonly files: SandboxFiles;
  /** Runs in the rollout's one persistent bash: directory, variables and functions survive. */
  shell(command: string, options: CommandOptions): Promise<CommandResult>;
  /** Runs in a fresh bash at the repository's root. */
  run(command: string, options: CommandOptions): Promise<CommandResult>;
  /** The unified diff of the tree against its starting point, new files included, ignored ones not. */
  patch(): Promise<string>;
  close(): Promise<void>;
}

export interface SandboxLimits {
  /** Bytes of memory of all processes together. */
  readonly memory: number;
  /** Bytes that a rollout may write below `/testbed`, and again below `/tmp` and `HOME`. */
  readonly disk: number;
  readonly processes: number;
  readonly openFiles: number;
  /** Characters of one command's output that are kept. */
  readonly output: number;
}

/** Makes sandboxes of one kind; the first of a tree may take longer than the next. */
export interface SandboxProvider {
  readonly kind: SandboxKind;
  /** The kind with its version and how private copies are made, in a few words for people. */
  readonly description: string;
  /** Kinds that `auto` would have preferred, with the reason why each does not work here. */
  readonly passedOver: readonly { readonly kind: SandboxKind; readonly reason: string }[];
  /**
   * @param tree folder with the repository's files and its one-commit `.git`; it is read, never written
   */
  open(tree: string, signal?: AbortSignal): Promise<Sandbox>;
  /**
   * With an image that holds the repository at `/testbed`: a folder with its files and a `.git` of one commit, as
   * `open` takes it. It is removed when the provider is closed.
   */
  repository?(): Promise<string>;
  /** Ends what is left and removes what was kept for speed. */
  close(): Promise<void>;
}

import type { OptionalKind } from './leave-out.ts';

/** A function of a repository at a commit. */
export interface RepositoryFunction {
  /** Stable within a commit: `file::name`, with `#2`, `#3` … behind it where the name stands again in the file. */
  readonly id: string;
  /** Path from the repository's root, with `/`. */
  readonly file: string;
  readonly name: string;
  readonly language: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** Why files were left out, with how many: tests, vendored, generated, minified, unparsable, not UTF-8, … */
export type LeftOut = Readonly<Record<string, number>>;

export interface FunctionListing {
  readonly functions: readonly RepositoryFunction[];
  readonly leftOut: LeftOut;
}

export interface FunctionOptions {
  /** Languages to keep; all of them where it is left out. */
  readonly languages?: readonly string[];
  /** Kinds of files that are left out by default and are wanted here. */
  readonly include?: readonly OptionalKind[];
}

/** A repository that was opened; the user's own files are only read. */
export interface Repository {
  /** Short name for people and for records: `owner/name`, or the folder's name. */
  readonly name: string;
  /** Where it came from: an absolute path, or a URL without credentials. */
  readonly location: string;
  /** The commits that were chosen, oldest first; a folder without git has the one hash of its snapshot. */
  readonly commits: readonly string[];
  /** What a user may want to know: changes that are not committed, a shallow clone. */
  readonly notes: readonly string[];
  /** Every function at a commit, in the order of files and lines. */
  functions(commit: string, options?: FunctionOptions): Promise<FunctionListing>;
  /**
   * A folder with the files of a commit and a `.git` of one commit, no history and no remotes, so that the
   * future does not leak into a task. Made once, kept, shared by all sandboxes, never written to again.
   */
  tree(commit: string, options?: { readonly history?: boolean }): Promise<string>;
}

/** Where a repository's objects are, and what a person calls it. */
export interface Source {
  readonly name: string;
  /** An absolute path, or a URL without credentials. */
  readonly location: string;
  /** The folder that git is run in to read objects. */
  readonly directory: string;
  /** The folder that git is run in to read names: branches, tags. */
  readonly names: string;
  /** Only files below this path are looked for functions; empty for all, else it ends in `/`. */
  readonly prefix: string;
  /** The commit that stands for the present. */
  readonly head: string;
  /** True where older commits may be missing. */
  readonly shallow: boolean;
  readonly notes: readonly string[];
}

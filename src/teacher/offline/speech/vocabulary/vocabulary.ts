export type Sentences = readonly [string, ...string[]];

/** How the offline teacher speaks of one kind of edit. `{function}` and `{detail}` are the code's own words. */
export interface Vocabulary {
  /** Said while the change is made; the pull request's author reads it there. */
  readonly intents: Sentences;
  /** What somebody sees who does not know the change, with the detail. */
  readonly symptoms: Sentences;
  /** The same without the detail. */
  readonly vague: Sentences;
  /** The title of a report about it. */
  readonly titles: Sentences;
  /** Words of an instruction that make this kind likely. */
  readonly topics: RegExp;
}

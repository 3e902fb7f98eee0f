import type { Preview } from '../inspect.ts';
import type { SampleFile } from '../output/files.ts';
import type { Place } from '../output/spool.ts';
import type { Verdict } from '../recipe/judge.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { Portion } from '../sources/portion.ts';
import type { Broken } from '../sources/source.ts';
import type { TemplateText } from '../tokens/load.ts';

/** What a thread is told before its first job. */
export interface Setup {
  /** The memory of the `CountTable` that all threads count into. */
  readonly counts: SharedArrayBuffer;
  /** Path of a `tokenizer.json`. */
  readonly tokenizer: string;
  readonly template: TemplateText;
  /** The folder that a data set is made in; undefined where none is made. */
  readonly folder?: string;
}

/** A portion of a source to work on; `name` is the source's. */
interface Work {
  readonly portion: Portion;
  readonly name: string;
}

/** Every kind of job: what is asked, and what is answered. Both are plain data. */
export interface Jobs {
  /** Measures every sample of a portion in the `hermes` format; `limit` is the student's context. */
  readonly measure: {
    readonly ask: Work & { readonly limit: number; readonly previews: boolean };
    readonly answer: readonly (Broken | Preview)[];
  };
  /** Takes the candidates of a portion through a recipe; what is kept waits in the thread's spools. */
  readonly judge: {
    readonly ask: Work & { readonly recipe: Recipe };
    readonly answer: readonly (Broken | Verdict<Place>)[];
  };
  /** Writes a file, or a piece of one from a byte on; the answer is where that ends. */
  readonly write: {
    readonly ask: { readonly file: SampleFile; readonly from: number };
    readonly answer: number;
  };
}

export type JobName = keyof Jobs;

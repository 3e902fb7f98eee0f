import type { Node } from 'web-tree-sitter';

/** The nodes that a query captured in one match, by capture name; the first one where a name stands for several. */
export type Captures = Readonly<Partial<Record<string, Node>>>;

/**
 * How the functions of a language stand in its syntax tree.
 *
 * The query captures `@function` (the node of a function with a body) or `@scope` (a node that lends its name
 * to the functions inside), and `@name`: the text from the first to the last node of this name. Where several
 * patterns capture the same node the first one counts. `(#set! separator "#")` in a pattern puts another
 * separator before its name than the usual one.
 */
export interface Rules {
  /** The grammar's name: `tree-sitter-….wasm`. */
  readonly grammar: string;
  readonly query: string;
  /** Stands between the name of a scope and what is inside: `.` or `::`. */
  readonly separator: string;
  /** Makes the name where it is more than the text of `@name`; undefined where there is none after all. */
  readonly name?: (captures: Captures, text: string) => string | undefined;
  /** Names of what is no function where it stands inside one: a macro before a block, `CATCH (error) { … }`. */
  readonly notNested?: RegExp;
  /** Makes a source easier to read for the grammar without moving a character. */
  readonly prepare?: (source: string) => string;
  /** Mends a fault in the grammar's binary. */
  readonly mend?: (binary: Uint8Array) => Uint8Array;
}

/** What the edits need to know of a language: its comments, and the names that its grammar gives to things. */
export interface Dialect {
  /** What begins a comment that ends with its line. */
  readonly comment: string;
  /** How names of several words are written. */
  readonly naming: 'camel' | 'snake';
  /** Text before and behind a function that was cut out of its file, so that it parses alone. */
  readonly wraps: readonly (readonly [before: string, behind: string])[];
  readonly functions: ReadonlySet<string>;
  /** Nodes whose named children are statements. */
  readonly blocks: ReadonlySet<string>;
  readonly ifs: ReadonlySet<string>;
  readonly loops: ReadonlySet<string>;
  readonly returns: ReadonlySet<string>;
  /** Statements behind which nothing of the same block runs. */
  readonly exits: ReadonlySet<string>;
  readonly calls: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly identifiers: ReadonlySet<string>;
  /** `parent.field`: an identifier there names a member, an argument or a type, not a variable. */
  readonly members: ReadonlySet<string>;
  /** `parent.field` where a local variable is born. */
  readonly locals: ReadonlySet<string>;
  /** Nodes of `&&` and `||`, and of much else where the grammar has one node for all operators. */
  readonly junctions: ReadonlySet<string>;
  /** The condition turned round. */
  readonly negate: (condition: string) => string;
  /** A statement that names a value; undefined where the language wants a type that is not known. */
  readonly declare: (name: string, value: string) => string;
}

/** A set from words with blanks between them. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter(Boolean));
}

/** `!(…)`, and the bare name where the condition is one. */
export function negateWithMark(condition: string): string {
  const bare = condition
    .trim()
    .replace(/^\((.*)\)$/s, (whole, inner: string) => (balanced(inner) ? inner : whole));
  return /^[\w.$]+$/.test(bare) ? `!${bare}` : `!(${bare})`;
}

/** True where no bracket closes that was not opened before: the outer pair of `(a) && (b)` is none. */
function balanced(text: string): boolean {
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

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
  /** Where an identifier names a member or a type, not a variable; places are written as by `placeOf`. */
  readonly members: ReadonlySet<string>;
  /** Where a local variable is born. */
  readonly locals: ReadonlySet<string>;
  /** Nodes of `&&` and `||`, and of much else where the grammar has one node for all operators. */
  readonly junctions: ReadonlySet<string>;
  /** The condition turned round. */
  readonly negate: (condition: string) => string;
  /** A statement, without its end, that names a value whose type need not be said. */
  readonly declare: (name: string, value: string) => string;
  /** What stands before the name of a variable wherever it is used. */
  readonly sigil: string;
  /** What ends a statement. */
  readonly end: '' | ';';
}

/** A set from words with blanks between them. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter(Boolean));
}

/** Turns a condition round with `!`, or by its operator where it is a plain comparison. */
export function negateWithMark(condition: string): string {
  const bare = withoutBrackets(condition);
  if (/^![\w.$]+$/.test(bare)) return bare.slice(1);
  const comparison = /^([\w.$]+) (===?|!==?) ([\w.$'"]+)$/.exec(bare);
  if (comparison) {
    const [, left, operator = '', right] = comparison;
    return `${left} ${(operator.startsWith('!') ? '=' : '!') + operator.slice(1)} ${right}`;
  }
  return /^[\w.$]+$/.test(bare) ? `!${bare}` : `!(${bare})`;
}

/** A condition without the pair of brackets around the whole of it. */
export function withoutBrackets(condition: string): string {
  const text = condition.trim();
  const inner = text.slice(1, -1);
  return text.startsWith('(') && text.endsWith(')') && balanced(inner) ? inner.trim() : text;
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

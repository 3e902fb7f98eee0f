/** How much a line looks like the definition of a function, by its words alone. */
export interface DefinitionScore {
  /** 0 where it does not look like one, 3 where a keyword says so. */
  readonly score: number;
  /** The function's name. */
  readonly called: string;
}

/** @param name the name to look for; any where it is empty */
export function definitionScore(line: string, name: string): DefinitionScore {
  const wanted = name ? escapePattern(name) : '[A-Za-z_$][\\w$]*[?!]?';
  for (const [score, pattern] of PATTERNS) {
    const match = patternFor(pattern, wanted).exec(line);
    if (
      match &&
      !/^\s*(\/\/|#(?!\[)|\*|\/\*|return\b|if\b|for\b|while\b|else\b|switch\b|import\b|from\b)/.test(line)
    ) {
      return { score, called: match[1] ?? name };
    }
  }
  return { score: 0, called: name };
}

function patternFor(pattern: string, name: string): RegExp {
  return new RegExp(pattern.replace('NAME', () => `(${name})`));
}

const MODIFIERS = String.raw`(?:(?:public|private|protected|internal|fileprivate|static|final|override|virtual|async|abstract|synchronized|inline|constexpr|explicit|unsafe|extern|get|set|export|default|readonly|sealed|partial|new)\s+)+`;
const TYPE = String.raw`(?:[\w<>\[\]?,.&*:]+(?:, ?[\w<>\[\]?,.&*: ]+)?\s+[*&]*)*`;

const PATTERNS: readonly (readonly [number, string])[] = [
  [
    3,
    String.raw`\b(?:def|func|function\*?|fn|fun|init|subscript)\s+(?:\([^)]*\)\s*)?(?:<[^>]*>\s*)?(?:[\w<>?]+(?:\.|::))*&?NAME(?![\w$])`,
  ],
  [3, String.raw`^\s*${MODIFIERS}${TYPE}[~#]?NAME\s*(?:<[^>]*>)?\((?:[^;]*$|.*\)\s*(?:=>|\{))`],
  [3, String.raw`^\s*${MODIFIERS}${TYPE}NAME\s*(?:=>|\{|$)`],
  [
    2,
    String.raw`(?:^|[\s.])NAME['"]?\s*(?::[^=]+)?[=:]\s*(?:async\s+)?(?:function\b|\(?[\w\s,{}.:=<>\[\]?|]*\)?\s*(?::[^=]+)?=>|func\b|lambda\b|\\|move\b|\||\{\s*\w*\s*(?:in\b|->|$))`,
  ],
  [2, String.raw`^[A-Za-z_][\w\s*&<>:,\[\]~]*?[\s*&:][~#]?NAME\s*\([^;]*$`],
  [2, String.raw`^\s*${TYPE}[~#]?NAME\s*(?:<[^>]*>)?\([^;]*\{\s*$`],
  [2, String.raw`^\s*(?:\w+\s+)?NAME\s*(?:\([^)]*\)\s*)?(?:=>|=|\{)?\s*$`],
  [1, String.raw`^\s*${TYPE}[~#]?NAME\s*\((?:[^;]*$|.*\)\s*(?:=>|\{|const\b|noexcept))`],
  [1, String.raw`^\s*(?:\w+\s+)?NAME\s*(?:\([^)]*\)\s*)?(?:=>|=|\{)`],
];

/** Files that hold tests by the look of their path. */
export function isTest(file: string): boolean {
  return /(^|\/)(tests?|specs?|__tests__|testdata|examples?|vendor|node_modules)\/|[._-](test|spec)\.|_test\.|(^|\/)test_/i.test(
    file,
  );
}

/** Makes a text stand for itself in a pattern. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

import type { Language } from '../../../../syntax/index.ts';
import { words } from '../dialects/index.ts';
import { type Rewrite, rewriting } from './rewrite.ts';

const THING = String.raw`([\w.$]+(?:\(\)|\[\w+\])?)`;

/** Writes a comparison as the language's own idiom has it. */
const clike: readonly Rewrite[] = [
  [new RegExp(`^!\\(${THING} == ${THING}\\)$`), '$1 != $2'],
  [new RegExp(`^!\\(${THING} != ${THING}\\)$`), '$1 == $2'],
  [new RegExp(`^${THING} == true$`), '$1'],
  [new RegExp(`^${THING} == false$`), '!$1'],
];

const javascript: readonly Rewrite[] = [
  [/^(.+)\.indexOf\(([^()]+)\) (?:!==? -1|>= 0|> -1)$/, '$1.includes($2)'],
  [/^(.+)\.indexOf\(([^()]+)\) (?:===? -1|< 0)$/, '!$1.includes($2)'],
  [new RegExp(`^(typeof ${THING}|${THING}) == (?!null|undefined)([\\w.$'"]+)$`), '$1 === $4'],
  [new RegExp(`^(typeof ${THING}|${THING}) != (?!null|undefined)([\\w.$'"]+)$`), '$1 !== $4'],
  [new RegExp(`^${THING}\\.length > 0$`), '$1.length !== 0'],
  [new RegExp(`^${THING} === true$`), '$1'],
  [new RegExp(`^${THING} === false$`), '!$1'],
];

const TABLE: Readonly<Partial<Record<Language, readonly Rewrite[]>>> = {
  python: [
    [/^(.+) == None$/, '$1 is None'],
    [/^(.+) != None$/, '$1 is not None'],
    [/^not ([\w.]+) in ([\w.]+)$/, '$1 not in $2'],
    [/^not ([\w.]+) is ([\w.]+)$/, '$1 is not $2'],
    [/^len\(([\w.]+)\) == 0$/, 'not $1'],
    [/^len\(([\w.]+)\) > 0$/, 'len($1) != 0'],
    [/^([\w.]+) == True$/, '$1'],
    [/^([\w.]+) == False$/, 'not $1'],
  ],
  javascript,
  typescript: javascript,
  tsx: javascript,
  go: [
    ...clike,
    [/^strings\.Index\(([^()]+), ([^()]+)\) (?:!= -1|>= 0|> -1)$/, 'strings.Contains($1, $2)'],
    [/^len\(([\w.]+)\) > 0$/, 'len($1) != 0'],
    [/^len\(([\w.]+)\) < 1$/, 'len($1) == 0'],
  ],
  rust: [
    ...clike,
    [new RegExp(`^${THING}\\.len\\(\\) == 0$`), '$1.is_empty()'],
    [new RegExp(`^${THING}\\.len\\(\\) (?:> 0|!= 0|>= 1)$`), '!$1.is_empty()'],
  ],
  java: [
    ...clike,
    [new RegExp(`^${THING}\\.(?:size|length)\\(\\) == 0$`), '$1.isEmpty()'],
    [new RegExp(`^${THING}\\.(?:size|length)\\(\\) (?:> 0|!= 0)$`), '!$1.isEmpty()'],
    [new RegExp(`^${THING}\\.equals\\(""\\)$`), '$1.isEmpty()'],
  ],
  kotlin: [
    ...clike,
    [new RegExp(`^${THING}\\.(?:size|length|count\\(\\)) == 0$`), '$1.isEmpty()'],
    [new RegExp(`^${THING}\\.(?:size|length|count\\(\\)) (?:> 0|!= 0)$`), '$1.isNotEmpty()'],
    [new RegExp(`^!${THING}\\.isEmpty\\(\\)$`), '$1.isNotEmpty()'],
  ],
  c: [[/^([\w.>-]+) == NULL$/, '!$1'], [/^([\w.>-]+) != NULL$/, '$1'], ...clike],
  cpp: [
    [/^([\w.>-]+) == (?:NULL|nullptr)$/, '!$1'],
    [/^([\w.>-]+) != (?:NULL|nullptr)$/, '$1'],
    [/^([\w.>-]+)\.size\(\) == 0$/, '$1.empty()'],
    [/^([\w.>-]+)\.size\(\) (?:> 0|!= 0)$/, '!$1.empty()'],
    ...clike,
  ],
  csharp: [
    [new RegExp(`^${THING} == null$`), '$1 is null'],
    [new RegExp(`^${THING} != null$`), '$1 is not null'],
    ...clike,
  ],
  ruby: [
    [/^([\w.@]+) == nil$/, '$1.nil?'],
    [/^([\w.@]+) != nil$/, '!$1.nil?'],
    [/^([\w.@]+)\.(?:size|length|count) == 0$/, '$1.empty?'],
    [/^([\w.@]+)\.(?:size|length|count) > 0$/, '!$1.empty?'],
  ],
  php: [
    [/^count\((\$\w+)\) ===? 0$/, '$1 === []'],
    [/^strlen\((\$\w+)\) ===? 0$/, "$1 === ''"],
    [/^(.+[^=!<>]) == ([^=].*)$/, '$1 === $2'],
    [/^(.+[^=!<>]) != ([^=].*)$/, '$1 !== $2'],
  ],
  swift: [
    [new RegExp(`^${THING}\\.count == 0$`), '$1.isEmpty'],
    [new RegExp(`^${THING}\\.count (?:> 0|!= 0)$`), '!$1.isEmpty'],
    [new RegExp(`^${THING} == true$`), '$1'],
    [new RegExp(`^${THING} == false$`), '!$1'],
  ],
};

const NODES = words(
  `comparison_operator not_operator binary_expression unary_expression binary equality_expression comparison_expression
   method_invocation prefix_expression`,
);

export const simplifyComparison = rewriting('simplify-comparison', NODES, TABLE);

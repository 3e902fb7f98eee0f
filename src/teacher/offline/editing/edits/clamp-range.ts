import type { Language } from '../../../../syntax/index.ts';
import { words } from '../dialects/index.ts';
import { type Rewrite, rewriting } from './rewrite.ts';

const javascript: readonly Rewrite[] = [
  [/^(.+)\.(slice|substring)\(0, ([\w.]+)\)$/, '$1.$2(0, Math.max($3, 0))'],
  [/^([\w.$]+)\.(slice|substring)\(([a-z][\w.]*)\)$/, '$1.$2(Math.max($3, 0))'],
  [/^([\w.$]+)\.substr\(([\w.]+), ([\w.]+)\)$/, '$1.slice($2, $2 + $3)'],
  [/^([\w.$]+)\[([\w.$]+)\.length - 1\]$/, '$1[Math.max($2.length - 1, 0)]'],
];

const substring = (minimum: string, length: string, name = 'substring'): readonly Rewrite[] => [
  [new RegExp(`^([\\w.]+)\\.${name}\\(0, ([\\w.]+)\\)$`), `$1.${name}(0, ${minimum}($2, $1.${length}))`],
  [new RegExp(`^([\\w.]+)\\.${name}\\(([a-z][\\w.]*)\\)$`), `$1.${name}(${minimum}($2, $1.${length}))`],
];

const TABLE: Readonly<Partial<Record<Language, readonly Rewrite[]>>> = {
  python: [
    [/^([\w.]+)\[:([a-z][\w.]*)\]$/, '$1[: max($2, 0)]'],
    [/^([\w.]+)\[([a-z][\w.]*):\]$/, '$1[max($2, 0) :]'],
    [/^range\(([a-z][\w.]*)\)$/, 'range(max($1, 0))'],
  ],
  javascript,
  typescript: javascript,
  tsx: javascript,
  go: [
    [/^([\w.]+)\[:([a-z]\w*)\]$/, '$1[:min($2, len($1))]'],
    [/^([\w.]+)\[([a-z]\w*|\d+):\]$/, '$1[min($2, len($1)):]'],
  ],
  rust: [
    [/^([\w.]+)\[\.\.([a-z]\w*)\]$/, '$1[..$2.min($1.len())]'],
    [/^([\w.]+)\[([a-z]\w*)\.\.\]$/, '$1[$2.min($1.len())..]'],
  ],
  java: substring('Math.min', 'length()'),
  kotlin: [
    ...substring('minOf', 'length'),
    [/^([\w.]+)\.(take|drop)\(([a-z]\w*)\)$/, '$1.$2($3.coerceAtLeast(0))'],
  ],
  csharp: substring('System.Math.Min', 'Length', 'Substring'),
  cpp: substring('std::min<size_t>', 'size()', 'substr'),
  php: [[/^substr\((\$\w+), 0, (\$\w+)\)$/, 'substr($1, 0, max($2, 0))']],
  swift: [[/^([\w.]+)\.(prefix|suffix|dropFirst|dropLast)\(([a-z]\w*)\)$/, '$1.$2(max($3, 0))']],
  ruby: [[/^([\w.]+)\.(first|last|take|drop)\(([a-z]\w*)\)$/, '$1.$2([$3, 0].max)']],
};

const NODES = words(
  `subscript call call_expression slice_expression index_expression method_invocation invocation_expression
   function_call_expression subscript_expression`,
);

/** Keeps the end of a range within what is there. */
export const clampRange = rewriting('clamp-range', NODES, TABLE);

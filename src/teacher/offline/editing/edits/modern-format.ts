// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the code that is written holds such places
import type { Language } from '../../../../syntax/index.ts';
import { words } from '../dialects/index.ts';
import { type Rewrite, rewriting } from './rewrite.ts';

const javascript: readonly Rewrite[] = [
  [/^(['"])([^'"`$\\]*)\1 \+ ([\w.]+)$/, '`$2${$3}`'],
  [/^([\w.]+) \+ (['"])([^'"`$\\]+)\2$/, '`${$1}$3`'],
  [/^(['"])([^'"`$\\]*)\1 \+ ([\w.]+) \+ (['"])([^'"`$\\]*)\4$/, '`$2${$3}$5`'],
];

const TABLE: Readonly<Partial<Record<Language, readonly Rewrite[]>>> = {
  python: [
    [/^(["'])([^"'%{}\\]*)%[sd]([^"'%{}\\]*)\1 % ([a-z][\w.]*)$/, 'f$1$2{$4}$3$1'],
    [/^(["'])([^"'{}\\]*)\{\}([^"'{}\\]*)\1\.format\(([a-z][\w.]*)\)$/, 'f$1$2{$4}$3$1'],
    [/^(["'])([^"'{}\\]*)\1 \+ ([a-z][\w.]*)$/, 'f$1$2{$3}$1'],
    [/^([a-z][\w.]*) \+ (["'])([^"'{}\\]+)\2$/, 'f$2{$1}$3$2'],
  ],
  javascript,
  typescript: javascript,
  tsx: javascript,
  kotlin: [[/^"([^"$\\]*)" \+ ([a-z][\w.]*)$/, '"$1${$2}"']],
  swift: [[/^"([^"\\]*)" \+ ([a-z][\w.]*)$/, '"$1\\($2)"']],
  csharp: [[/^"([^"{}\\]*)" \+ ([\w.]+)$/, '$$"$1{$2}"']],
  ruby: [
    [/^'([^'"#\\]*)' \+ ([a-z][\w.]*)$/, '"$1#{$2}"'],
    [/^"([^"#\\]*)" \+ ([a-z][\w.]*)$/, '"$1#{$2}"'],
  ],
  php: [[/^'([^'"$\\{]*)' \. (\$\w+)$/, '"$1{$2}"']],
};

const NODES = words('binary_operator call binary_expression additive_expression binary');

/** Writes a string that is put together of parts as one text with places in it. */
export const modernFormat = rewriting('modern-format', NODES, TABLE);

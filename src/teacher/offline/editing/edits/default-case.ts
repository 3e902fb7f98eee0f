import type { Node } from '../../../../syntax/index.ts';
import { hasOwnLines, indentAt, lineStart } from '../lines.ts';
import { children, descendants } from '../nodes.ts';
import type { Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Says what happens where no case of a choice fits. */
export const defaultCase: Edit = {
  kind: 'default-case',
  sites(source) {
    const write = DEFAULTS[source.language];
    if (!write) return [];
    return descendants(source.node, SWITCHES)
      .filter((node) => hasOwnLines(source, node) && !hasDefault(source, node))
      .flatMap((node) => {
        const cases = descendants(node, CASES);
        const first = cases[0];
        if (!first || !hasCloser(source, node)) return [];
        const indent = indentAt(source.text, first.startIndex);
        return [
          {
            detail: subjectOf(node),
            change: (taste) => {
              const remark = taste.pick([
                'Everything else is left alone.',
                'Nothing to do for other values.',
                'Other values are ignored on purpose.',
              ]);
              const lines = write(remark, source.unit, /=>|->/.test(first.text))
                .map((line) => `${indent}${line}\n`)
                .join('');
              const at =
                source.language === 'python'
                  ? endOfLine(source, node)
                  : lineStart(source.text, node.endIndex - 1);
              return [{ start: at, end: at, text: lines }];
            },
          },
        ];
      });
  },
};

const SWITCHES = new Set([
  'switch_statement',
  'switch_expression',
  'expression_switch_statement',
  'type_switch_statement',
  'when_expression',
  'case',
  'match_statement',
]);

const CASES = new Set([
  'switch_case',
  'switch_block_statement_group',
  'switch_rule',
  'case_statement',
  'switch_section',
  'expression_case',
  'type_case',
  'when_entry',
  'when',
  'case_clause',
]);

function hasDefault(source: Source, node: Node): boolean {
  return source.language === 'python'
    ? /\bcase _\s*:/.test(node.text)
    : /\bdefault\b|\belse\b/.test(node.text);
}

/** True where the line on which the choice ends holds nothing but what closes it. */
function hasCloser(source: Source, node: Node): boolean {
  const line = source.text.slice(lineStart(source.text, node.endIndex - 1), node.endIndex);
  return source.language === 'python' || /^\s*(\}|end)$/.test(line);
}

function endOfLine(source: Source, node: Node): number {
  const end = source.text.indexOf('\n', node.endIndex - 1);
  return end < 0 ? source.text.length : end + 1;
}

function subjectOf(node: Node): string {
  const subject =
    node.childForFieldName('value') ??
    node.childForFieldName('condition') ??
    node.childForFieldName('subject') ??
    children(node)[0];
  return subject?.text.replace(/^\((.*)\)$/, '$1') ?? '';
}

type Default = (remark: string, unit: string, arrow: boolean) => string[];

const withBreak: Default = (remark, unit) => ['default:', `${unit}// ${remark}`, `${unit}break;`];

const DEFAULTS: Readonly<Partial<Record<Source['language'], Default>>> = {
  python: (remark, unit) => ['case _:', `${unit}# ${remark}`, `${unit}pass`],
  javascript: withBreak,
  typescript: withBreak,
  tsx: withBreak,
  c: (remark, unit) => ['default:', `${unit}/* ${remark} */`, `${unit}break;`],
  cpp: withBreak,
  csharp: withBreak,
  php: withBreak,
  java: (remark, unit, arrow) =>
    arrow ? ['default -> {', `${unit}// ${remark}`, '}'] : withBreak(remark, unit, arrow),
  go: (remark, unit) => ['default:', `${unit}// ${remark}`],
  kotlin: (remark, unit) => ['else -> {', `${unit}// ${remark}`, '}'],
  ruby: (remark, unit) => ['else', `${unit}# ${remark}`, `${unit}nil`],
};

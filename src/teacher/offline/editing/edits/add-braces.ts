import { hasOwnLines, indentAt } from '../lines.ts';
import { children, descendants } from '../nodes.ts';
import { type Source, textOf } from '../source.ts';
import type { Edit } from './edit.ts';

/** Puts braces around a branch of one statement. */
export const addBraces: Edit = {
  kind: 'add-braces',
  sites(source) {
    if (!LANGUAGES.has(source.language)) return [];
    return descendants(source.node, source.dialect.ifs).flatMap((node) => {
      const condition = node.childForFieldName('condition');
      const then = node.childForFieldName('consequence') ?? node.childForFieldName('body');
      const plain = condition && then && children(node).length === 2 && hasOwnLines(source, node);
      if (!plain || source.dialect.blocks.has(then.type) || then.startIndex < condition.endIndex) return [];
      const inside = condition.type === 'parenthesized_expression' || condition.type === 'condition_clause';
      const bracket = inside ? condition.endIndex : source.text.indexOf(')', condition.endIndex) + 1;
      const indent = indentAt(source.text, node.startIndex);
      const inner = textOf(source, then).split('\n').join(`\n${source.unit}`);
      const text = ` {\n${indent}${source.unit}${inner}\n${indent}}`;
      return [
        {
          detail: condition.text.replace(/^\((.*)\)$/, '$1'),
          change: () => [{ start: bracket, end: then.endIndex, text }],
        },
      ];
    });
  },
};

const LANGUAGES: ReadonlySet<Source['language']> = new Set([
  'javascript',
  'typescript',
  'tsx',
  'java',
  'c',
  'cpp',
  'csharp',
  'php',
]);

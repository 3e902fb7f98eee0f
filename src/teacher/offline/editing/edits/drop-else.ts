import { type Branch, contentOf, readBranch } from '../branch.ts';
import { hasOwnLines, indentAt } from '../lines.ts';
import { children, descendants, statementsOf } from '../nodes.ts';
import type { Replacement } from '../replacement.ts';
import type { Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Takes away an `else` behind a branch that leaves the block: what was in it stands one level higher. */
export const dropElse: Edit = {
  kind: 'drop-else',
  sites(source) {
    return descendants(source.node, source.dialect.ifs)
      .filter((node) => hasOwnLines(source, node))
      .flatMap((node) => readBranch(source, node) ?? [])
      .filter((branch) => leaves(source, branch))
      .flatMap((branch) => {
        const change = flatten(source, branch);
        return change ? [{ detail: branch.test, change: () => [change] }] : [];
      });
  },
};

function leaves(source: Source, { then }: Branch): boolean {
  const last = children(statementsOf(source.dialect, then)).at(-1);
  const inner = last?.type === 'expression_statement' ? last.namedChild(0) : last;
  return inner ? source.dialect.exits.has(inner.type) || /^(raise|throw|panic!)/.test(inner.text) : false;
}

function flatten(source: Source, { node, then, otherwise }: Branch): Replacement | undefined {
  const content = contentOf(otherwise);
  if (!content) return undefined;
  const close = CLOSERS[source.language] ?? '';
  const end = statementEnd(source, then.endIndex);
  const indent = indentAt(source.text, node.startIndex);
  const inner = indentAt(source.text, content.start);
  const lines = source.text.slice(content.start, content.end).split('\n');
  const outdented = lines.map((line) => (line.startsWith(inner) ? indent + line.slice(inner.length) : line));
  return {
    start: end,
    end: node.endIndex,
    text: `${close && `\n${indent}${close}`}\n${indent}${outdented.join('\n').trimStart()}`,
  };
}

/** What ends the shortened `if` where the grammar counts it to the whole. */
const CLOSERS: Readonly<Partial<Record<Source['language'], string>>> = { ruby: 'end', swift: '}' };

/** Ruby's branch reaches over its line end. */
function statementEnd(source: Source, end: number): number {
  return end - (/\s*$/.exec(source.text.slice(0, end))?.[0].length ?? 0);
}

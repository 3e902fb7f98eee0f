import type { Node } from '../../../../syntax/index.ts';
import { type Branch, readBranch } from '../branch.ts';
import { descendants, instead, type Source, statementsOf } from '../source.ts';
import type { Edit } from './edit.ts';

/** Turns a condition round and lets its two branches change places. */
export const flipBranches: Edit = {
  kind: 'flip-branches',
  sites(source) {
    return descendants(source.node, source.dialect.ifs)
      .filter(({ type }) => type !== 'unless')
      .flatMap((node) => readBranch(source, node) ?? [])
      .flatMap((branch) => {
        const then = contentOf(statementsOf(source.dialect, branch.then));
        const otherwise = contentOf(branch.otherwise);
        return then && otherwise
          ? [{ detail: branch.test, change: () => flip(source, branch, then, otherwise) }]
          : [];
      });
  },
};

interface Range {
  readonly start: number;
  readonly end: number;
}

/** From the first statement or comment of a block to its last. */
export function contentOf(block: Node | undefined): Range | undefined {
  const first = block?.namedChild(0);
  const last = block?.namedChild(block.namedChildCount - 1);
  return first && last ? { start: first.startIndex, end: endOf(last) } : undefined;
}

/** The grammar may leave a statement's `;` outside of it. */
function endOf(node: Node): number {
  return node.nextSibling?.type === ';' ? node.nextSibling.endIndex : node.endIndex;
}

function flip(source: Source, { condition, test }: Branch, then: Range, otherwise: Range) {
  const negated = source.dialect.negate(test);
  const text = ({ start, end }: Range) => source.text.slice(start, end);
  return [
    instead(condition, inBrackets(condition, negated)),
    { ...then, text: text(otherwise) },
    { ...otherwise, text: text(then) },
  ];
}

/** Keeps the brackets that the language wants around a condition. */
export function inBrackets(condition: Node, test: string): string {
  return /^(parenthesized_expression|condition_clause)$/.test(condition.type) ? `(${test})` : test;
}

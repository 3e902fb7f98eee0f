import { type Branch, contentOf, inBrackets, type Range, readBranch } from '../branch.ts';
import { descendants, statementsOf } from '../nodes.ts';
import { instead } from '../replacement.ts';
import type { Source } from '../source.ts';
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

function flip(source: Source, { condition, test }: Branch, then: Range, otherwise: Range) {
  const negated = source.dialect.negate(test);
  const text = ({ start, end }: Range) => source.text.slice(start, end);
  return [
    instead(condition, inBrackets(condition, negated)),
    { ...then, text: text(otherwise) },
    { ...otherwise, text: text(then) },
  ];
}

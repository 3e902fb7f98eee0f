import { inBrackets, readBranch } from '../branch.ts';
import { hasOwnLines } from '../lines.ts';
import { isFree, joinName, wordsOf } from '../names.ts';
import { descendants } from '../nodes.ts';
import { before, instead } from '../replacement.ts';
import type { Source } from '../source.ts';
import { declaration } from '../style.ts';
import type { Edit } from './edit.ts';

/** Gives a condition of several parts a name. */
export const nameCondition: Edit = {
  kind: 'name-condition',
  sites(source) {
    return descendants(source.node, source.dialect.ifs)
      .filter((node) => hasOwnLines(source, node))
      .flatMap((node) => readBranch(source, node) ?? [])
      .filter(({ test }) => /&&|\|\||\band\b|\bor\b/.test(test))
      .flatMap(({ node, condition, test }) => {
        const names = namesFor(source, test);
        const [first, ...rest] = names;
        if (!first) return [];
        const value = test.includes('\n') ? `(${test})` : test;
        return [
          {
            detail: test,
            change: (taste) => {
              const name = taste.pick([first, ...rest]);
              return [
                before(source, node, [declaration(source, name, value)]),
                instead(condition, inBrackets(condition, source.dialect.sigil + name)),
              ];
            },
          },
        ];
      });
  },
};

function namesFor(source: Source, test: string): string[] {
  const about = wordsOf(
    /[A-Za-z]\w{2,}/.exec(test.replace(/\b(not|and|or|len|is|None|this|self)\b/g, ''))?.[0] ?? 'case',
  ).slice(0, 3);
  return [
    ['needs', ...about],
    ['is', ...about, 'case'],
    [...about, 'applies'],
  ]
    .map((parts) => joinName(source.dialect, parts))
    .filter((name) => isFree(source, name));
}

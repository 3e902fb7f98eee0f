import { readBranch } from '../branch.ts';
import type { Random } from '../random.ts';
import { before, children, descendants, hasOwnLines, type Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Puts a comment above a branch or a loop that says what it is for. */
export const explainBranch: Edit = {
  kind: 'explain-branch',
  sites(source) {
    const { dialect } = source;
    const steps = descendants(source.node, new Set([...dialect.ifs, ...dialect.loops]));
    return steps
      .filter((node) => hasOwnLines(source, node) && !isExplained(source, node.startIndex))
      .map((node) => {
        const branch = readBranch(source, node);
        const subject = branch?.test ?? children(node)[0]?.text ?? '';
        const about = /^[\w.$ !=<>()]{2,50}$/.test(subject) ? subject : 'this case';
        return {
          detail: subject,
          change: (taste) => [
            before(source, node, [
              `${dialect.comment} ${remark(dialect.loops.has(node.type), about, taste)}`,
            ]),
          ],
        };
      });
  },
};

function isExplained(source: Source, offset: number): boolean {
  const above = source.text.slice(0, offset).trimEnd().split('\n').at(-1)?.trim() ?? '';
  return above.startsWith(source.dialect.comment) || above.endsWith('*/');
}

function remark(isLoop: boolean, about: string, taste: Random): string {
  return isLoop
    ? taste.pick([
        `One after the other: ${about}.`,
        `Nothing is skipped here: ${about}.`,
        `The order matters: ${about}.`,
      ])
    : taste.pick([
        `Special case: ${about}.`,
        `What follows is for ${about}.`,
        `Not every caller comes here: ${about}.`,
      ]);
}

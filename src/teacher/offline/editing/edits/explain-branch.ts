import type { Node } from '../../../../syntax/index.ts';
import type { Random } from '../../random.ts';
import { readBranch } from '../branch.ts';
import { hasOwnLines } from '../lines.ts';
import { children, descendants } from '../nodes.ts';
import { before } from '../replacement.ts';
import type { Source } from '../source.ts';
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
        return {
          detail: subject,
          change: (taste) => [before(source, node, remarks(source, node, subject, taste))],
        };
      });
  },
};

function isExplained(source: Source, offset: number): boolean {
  const above = source.text.slice(0, offset).trimEnd().split('\n').at(-1)?.trim() ?? '';
  return above.startsWith(source.dialect.comment) || above.endsWith('*/');
}

/** Two lines, each drawn for itself. */
function remarks({ dialect }: Source, node: Node, subject: string, taste: Random): string[] {
  const about = /^[\w.$ !=<>()]{2,50}$/.test(subject) ? subject : 'what comes next';
  const first = dialect.loops.has(node.type)
    ? taste.pick([
        `One after the other: ${about}.`,
        `Nothing is skipped: ${about}.`,
        `The order matters: ${about}.`,
      ])
    : taste.pick([
        `A case of its own: ${about}.`,
        `Special case: ${about}.`,
        `Not every caller comes here: ${about}.`,
      ]);
  const second = taste.pick([
    'Taken out, callers would notice.',
    'Mind this when changing anything below.',
    'The rest relies on it.',
  ]);
  return [first, second].map((line) => `${dialect.comment} ${line}`);
}

import type { Node } from '../../../../syntax/index.ts';
import { wordsOf } from '../names.ts';
import { descendants } from '../nodes.ts';
import type { Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Lets an error message say where it comes from. */
export const explainError: Edit = {
  kind: 'explain-error',
  sites(source) {
    const words = wordsOf(source.name).join(' ');
    if (!words) return [];
    return descendants(source.node, source.dialect.strings).flatMap((node) => {
      const text = /^\w*(["'])(?!\1)(.{6,}?)(\\n)?\1$/.exec(node.text);
      if (!text || !isReport(source, node)) return [];
      const at = node.endIndex - 1 - (text[3]?.length ?? 0);
      return [
        {
          detail: text[2] ?? '',
          change: (taste) => {
            const more = taste.pick([` (in ${words})`, ` while handling ${words}`, ` [${words}]`]);
            return [{ start: at, end: at, text: more }];
          },
        },
      ];
    });
  },
};

/** True within a `throw` or `raise`, or the arguments of a call that reports something. */
function isReport({ language, dialect, node: top }: Source, node: Node): boolean {
  for (let current = node.parent; current && current.id !== top.id; current = current.parent) {
    if (/throw|raise/.test(current.type)) return true;
    if (dialect.calls.has(current.type))
      return (language === 'rust' ? PANICS : REPORTS).test(current.text.slice(0, 60).split('(')[0] ?? '');
    if (dialect.blocks.has(current.type)) return false;
  }
  return false;
}

const REPORTS =
  /raise|panic|error|exception|fail|fatal|abort|bail|warn|fprintf|serverLog|precondition|\bdie\b|err\b/i;
const PANICS = /panic|expect|assert|bail|anyhow|error|err\b|unreachable/i;

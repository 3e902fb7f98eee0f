import type { Random } from '../../random.ts';
import { indentAt } from '../lines.ts';
import { wordsOf } from '../names.ts';
import { children, isDocstring } from '../nodes.ts';
import type { Source } from '../source.ts';
import type { Edit, Site } from './edit.ts';

/** Says more in a documentation comment that is there. */
export const extendDocument: Edit = {
  kind: 'extend-document',
  sites(source) {
    const [first] = children(source.body);
    if (source.language === 'python' && first && isDocstring(first)) {
      return inBlock(source, first.startIndex, first.endIndex, '');
    }
    const block = /^\s*\/\*[\s\S]*?\*\//.exec(source.text.slice(source.start));
    if (!block) return belowLines(source);
    return inBlock(source, source.start + block[0].indexOf('/*'), source.start + block[0].length, ' * ');
  },
};

/** At the end of a comment with a mark at either end; one of a single line is spread over several. */
function inBlock(source: Source, start: number, end: number, mark: string): Site[] {
  const text = source.text.slice(start, end);
  const parts = /^([rRuU]?"""|[rRuU]?'''|\/\*\*?)([\s\S]*?)(\s*)("""|'''|\*\/)$/.exec(text);
  if (!parts) return [];
  const [, open = '', content = '', gap = '', close = ''] = parts;
  const indent = indentAt(source.text, start);
  const closing = indent + (mark ? ' ' : '') + close;
  const spread =
    mark && !content.includes('\n') ? `${open}\n${indent}${mark}${content.trim()}` : open + content;
  const at = start + text.length - gap.length - close.length;
  return [
    {
      detail: '',
      change: (taste) => {
        const more = [mark.trimEnd(), ...notes(source, taste).map((line) => mark + line)]
          .map((line) => (line ? `\n${indent}${line}` : '\n'))
          .join('');
        if (spread === open + content) return [{ start: at, end, text: `${more}\n${closing}` }];
        return [{ start, end, text: `${spread}${more}\n${closing}` }];
      },
    },
  ];
}

/** Behind the last of the comment lines at the top. */
function belowLines(source: Source): Site[] {
  const { comment } = source.dialect;
  const own = source.text.slice(source.start, source.end).split('\n');
  const count = own.findIndex((line) => !line.trimStart().startsWith(comment));
  if (count <= 0) return [];
  const last = own[count - 1] ?? '';
  const mark = /^\s*(\/\/[/!]?|#)/.exec(last)?.[1] ?? comment;
  if (/:nodoc:|eslint|nolint|noqa|go:|@ts-/.test(last)) return [];
  const at = source.start + own.slice(0, count).reduce((sum, line) => sum + line.length + 1, 0);
  const indent = indentAt(source.text, source.start);
  return [
    {
      detail: '',
      change: (taste) => [
        {
          start: at,
          end: at,
          text: notes(source, taste)
            .map((line) => `${indent}${mark} ${inTags(source, line)}\n`)
            .join(''),
        },
      ],
    },
  ];
}

/** C# wants its documentation in tags. */
function inTags({ language }: Source, text: string): string {
  return language === 'csharp' ? `<remarks>${text}</remarks>` : text;
}

/** Two sentences, each drawn for itself. */
function notes(source: Source, taste: Random): string[] {
  const words = wordsOf(source.name).join(' ') || 'this';
  return [
    taste.pick([
      `Callers must not rely on anything but what is said here of ${words}.`,
      `Only what is said here of ${words} is certain.`,
      `The rest of ${words} may change without notice.`,
    ]),
    taste.pick([
      'What it is given stays as it is.',
      'It does not repeat what failed.',
      'What it gives back belongs to the caller.',
    ]),
  ];
}

import { magicNumbers } from '../magic-number.ts';
import { before, instead } from '../replacement.ts';
import type { Source } from '../source.ts';
import { declaration } from '../style.ts';
import type { Edit } from './edit.ts';

/** Gives a number a name. */
export const nameNumber: Edit = {
  kind: 'name-number',
  sites(source) {
    return magicNumbers(source).map(({ node, statement, names }) => ({
      detail: node.text,
      change: (taste) => {
        const name = taste.pick(names);
        return [
          before(source, statement, [declare(source, name, node.text)]),
          instead(node, source.dialect.sigil + name),
        ];
      },
    }));
  },
};

/** In Go only a constant takes on the type that its place asks for. */
function declare(source: Source, name: string, value: string): string {
  return source.language === 'go' ? `const ${name} = ${value}` : declaration(source, name, value);
}

import type { Node } from '../../../../syntax/index.ts';
import { indentAt, lineStart } from '../lines.ts';
import { magicNumbers } from '../magic-number.ts';
import { children } from '../nodes.ts';
import { parameterList } from '../parameters.ts';
import { instead, type Replacement } from '../replacement.ts';
import type { Source } from '../source.ts';
import type { Edit } from './edit.ts';

/** Makes a fixed number a parameter whose default is that number. */
export const parameterize: Edit = {
  kind: 'parameterize',
  sites(source) {
    const write = DEFAULTS[source.language];
    const list = parameterList(source);
    if (!write || !list || !takesMore(source, list)) return [];
    return magicNumbers(source).map(({ node, names }) => ({
      detail: node.text,
      change: (taste) => {
        const name = taste.pick(names);
        return [
          append(source, list, write(name, node.text, /: /.test(list.text))),
          instead(node, source.dialect.sigil + name),
        ];
      },
    }));
  },
};

/** A parameter with its default; `typed` where the others say their type. */
const DEFAULTS: Readonly<
  Partial<Record<Source['language'], (name: string, value: string, typed: boolean) => string>>
> = {
  python: (name, value, typed) => (typed ? `${name}: int = ${value}` : `${name}=${value}`),
  typescript: (name, value) => `${name} = ${value}`,
  tsx: (name, value) => `${name} = ${value}`,
  javascript: (name, value) => `${name} = ${value}`,
  kotlin: (name, value) => `${name}: Int = ${value}`,
  csharp: (name, value) => `int ${name} = ${value}`,
  ruby: (name, value) => `${name} = ${value}`,
  php: (name, value) => `$${name} = ${value}`,
};

/** True for a function with a list of parameters that ends in none that takes the rest. */
function takesMore(source: Source, list: Node): boolean {
  const head = source.text.slice(source.node.startIndex, list.startIndex);
  const plain = /definition|declaration|^method$|^singleton_method$|function_expression|arrow_function/.test(
    source.node.type,
  );
  const open = children(list).some(
    ({ type, text }) => REST.test(type) || /^(\.\.\.|params\b|vararg\b)/.test(text),
  );
  return plain && list.text.startsWith('(') && !open && !/^(static\s+)?(get|set)\s/.test(head);
}

const REST = /splat|rest|variadic|separator|block_parameter|keyword_parameter|modifiers/;

function append(source: Source, list: Node, text: string): Replacement {
  const last = children(list).at(-1);
  if (!last) return { start: list.startIndex + 1, end: list.startIndex + 1, text };
  const ownLine = /^\s*$/.test(source.text.slice(lineStart(source.text, last.startIndex), last.startIndex));
  const gap = ownLine ? `,\n${indentAt(source.text, last.startIndex)}` : ', ';
  return { start: last.endIndex, end: last.endIndex, text: gap + text };
}

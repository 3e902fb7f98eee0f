import { children, descendants } from '../nodes.ts';
import { parameterList } from '../parameters.ts';
import type { Source } from '../source.ts';
import type { Edit, Site } from './edit.ts';

/** Writes down a type that is plain from the code: of a parameter by its default, or that nothing is returned. */
export const annotate: Edit = {
  kind: 'annotate',
  sites: (source) => [...(DEFAULTS[source.language]?.(source) ?? []), ...returnSites(source)],
};

const DEFAULTS: Readonly<Partial<Record<Source['language'], (source: Source) => Site[]>>> = {
  python: (source) =>
    children(parameterList(source)).flatMap((node) => {
      const [name, value] = [node.childForFieldName('name'), node.childForFieldName('value')];
      const type = TYPES.python?.[value?.type ?? ''];
      if (node.type !== 'default_parameter' || !name || !value || !type) return [];
      const text = `${name.text}: ${type} = ${value.text}`;
      return [{ detail: name.text, change: () => [{ start: node.startIndex, end: node.endIndex, text }] }];
    }),
  php: (source) =>
    children(parameterList(source)).flatMap((node) => {
      const type = TYPES.php?.[node.childForFieldName('default_value')?.type ?? ''];
      const name = node.childForFieldName('name');
      if (node.type !== 'simple_parameter' || !name || !type || node.childForFieldName('type')) return [];
      return [
        {
          detail: name.text.slice(1),
          change: () => [{ start: name.startIndex, end: name.startIndex, text: `${type} ` }],
        },
      ];
    }),
};

/** The type of a literal by its node. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  python: { integer: 'int', float: 'float', string: 'str', true: 'bool', false: 'bool' },
  php: { integer: 'int', float: 'float', string: 'string', encapsed_string: 'string', boolean: 'bool' },
};

const NOTHING: Readonly<Partial<Record<Source['language'], string>>> = {
  python: ' -> None',
  typescript: ': void',
  tsx: ': void',
  php: ': void',
};

function returnSites(source: Source): Site[] {
  const text = NOTHING[source.language];
  const list = parameterList(source);
  const named = /^(function_definition|function_declaration|method_definition|method_declaration)$/.test(
    source.node.type,
  );
  if (!text || !list || !named || source.node.childForFieldName('return_type') || givesSomething(source))
    return [];
  return [{ detail: '', change: () => [{ start: list.endIndex, end: list.endIndex, text }] }];
}

/** A value is returned or yielded, or the function is of a kind whose type is fixed. */
function givesSomething({ node, name, body, text }: Source): boolean {
  const returns = descendants(node, new Set(['return_statement'])).some((found) => found.namedChildCount > 0);
  const head = text.slice(node.startIndex, body?.startIndex ?? node.endIndex);
  return (
    !body ||
    returns ||
    /\byield\b/.test(node.text) ||
    /\b(async|get|set|function\*)\b/.test(head) ||
    /^(constructor|__construct|__destruct|__clone)$/.test(name)
  );
}

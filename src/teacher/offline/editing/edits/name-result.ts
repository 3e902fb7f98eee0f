import type { Node } from '../../../../syntax/index.ts';
import { hasOwnLines } from '../lines.ts';
import { isFree, joinName } from '../names.ts';
import { descendants } from '../nodes.ts';
import { before, instead } from '../replacement.ts';
import { type Source, textOf } from '../source.ts';
import { declaration } from '../style.ts';
import type { Edit } from './edit.ts';

/** Gives what is returned a name first, so that it can be looked at. */
export const nameResult: Edit = {
  kind: 'name-result',
  sites(source) {
    const [first, ...rest] = [['result'], ['outcome'], ['answer'], ['final', 'value']]
      .map((parts) => joinName(source.dialect, parts))
      .filter((name) => isFree(source, name));
    if (!first || source.language === 'c' || !hasOneResult(source)) return [];
    return descendants(source.node, source.dialect.returns).flatMap((node) => {
      const value = returned(source, node);
      if (!value || !hasOwnLines(source, node) || !standsInBlock(source, node)) return [];
      return [
        {
          detail: textOf(source, value),
          change: (taste) => {
            const name = taste.pick([first, ...rest]);
            return [
              before(source, node, [declaration(source, name, textOf(source, value))]),
              instead(value, source.dialect.sigil + name),
            ];
          },
        },
      ];
    });
  },
};

/** What a `return` gives back, where that is a call or an operation. */
function returned({ dialect, node: top }: Source, node: Node): Node | undefined {
  if (!node.text.startsWith('return') || node.namedChildCount !== 1) return undefined;
  const only = node.namedChild(0);
  const value =
    /^(expression_list|argument_list)$/.test(only?.type ?? '') && only?.namedChildCount === 1
      ? only.namedChild(0)
      : only;
  const ours = nearestFunction(node, dialect.functions)?.id === top.id;
  return value && ours && (dialect.calls.has(value.type) || dialect.junctions.has(value.type))
    ? value
    : undefined;
}

function nearestFunction(node: Node, functions: ReadonlySet<string>): Node | undefined {
  for (let current = node.parent; current; current = current.parent)
    if (functions.has(current.type)) return current;
  return undefined;
}

function standsInBlock({ dialect }: Source, node: Node): boolean {
  const parent = node.parent?.type === 'expression_statement' ? node.parent.parent : node.parent;
  return parent ? dialect.blocks.has(parent.type) : false;
}

/** Go's functions may give several values at once. */
function hasOneResult({ language, node }: Source): boolean {
  const result = node.childForFieldName('result');
  return (
    language !== 'go' ||
    (result !== null && (result.type !== 'parameter_list' || result.namedChildCount === 1))
  );
}

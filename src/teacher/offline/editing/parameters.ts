import type { Node } from '../../../syntax/index.ts';
import { children } from './nodes.ts';
import type { Source } from './source.ts';

/** A parameter that a caller must give. */
export interface Parameter {
  /** Without the sigil. */
  readonly name: string;
  /** Its type as it is written, stars and all; empty where there is none. */
  readonly type: string;
}

/** The node that holds a function's parameters; the function itself where the grammar has no list. */
export function parameterList({ node, language }: Source): Node | undefined {
  if (language === 'swift') return node;
  const direct = node.childForFieldName('parameters');
  if (direct) return direct;
  const named = children(node).find(({ type }) => type === 'function_value_parameters');
  return (
    named ?? node.descendantsOfType('function_declarator')[0]?.childForFieldName('parameters') ?? undefined
  );
}

/** The parameters without default, rest and receiver, in their order. */
export function requiredParameters(source: Source): Parameter[] {
  return children(parameterList(source))
    .filter(
      (node) => node.nextSibling?.type !== '=' && !/vararg|params/.test(node.previousSibling?.text ?? ''),
    )
    .flatMap((node) => READERS[node.type]?.(node) ?? [])
    .filter(({ name }) => /^[A-Za-z_]\w*$/.test(name) && !/^(self|cls|this|_)$/.test(name));
}

/** How each grammar writes a required parameter; a kind of node that is not here is none. */
const READERS: Readonly<Record<string, (node: Node) => Parameter[]>> = {
  identifier: (node) => [{ name: node.text, type: '' }],
  typed_parameter: (node) => [{ name: node.namedChild(0)?.text ?? '', type: fieldText(node, 'type') }],
  required_parameter: (node) =>
    node.childForFieldName('value')
      ? []
      : [{ name: fieldText(node, 'pattern'), type: fieldText(node, 'type').replace(/^:\s*/, '') }],
  parameter_declaration: (node) => {
    const declarator = node.childForFieldName('declarator');
    return declarator ? declared(node, declarator) : namesOf(node);
  },
  formal_parameter: (node) => [{ name: fieldText(node, 'name'), type: fieldText(node, 'type') }],
  simple_parameter: (node) =>
    node.childForFieldName('default_value')
      ? []
      : [{ name: fieldText(node, 'name').slice(1), type: fieldText(node, 'type') }],
  parameter: (node) => {
    const pattern = node.childForFieldName('pattern');
    if (pattern) return [{ name: pattern.text, type: fieldText(node, 'type') }];
    const type = node.childForFieldName('type');
    if (type)
      return node.children.some((child) => child?.type === '=')
        ? []
        : [{ name: fieldText(node, 'name'), type: type.text }];
    const names = children(node).filter((child) => /^(simple_)?identifier$/.test(child.type));
    return [{ name: names.at(-1)?.text ?? '', type: children(node).at(-1)?.text ?? '' }];
  },
};

/** C: `char *name`, `const T &name`, `int name[]`. */
function declared(node: Node, declarator: Node): Parameter[] {
  const name = /([A-Za-z_]\w*)\s*(\[[^\]]*\])?$/.exec(declarator.text);
  if (!name) return [];
  const marks = declarator.text.slice(0, name.index).trim() + (name[2] ? '*' : '');
  return [{ name: name[1] ?? '', type: `${fieldText(node, 'type')} ${marks}`.trim() }];
}

/** Go: several names may share a type. */
function namesOf(node: Node): Parameter[] {
  const type = fieldText(node, 'type');
  return node.childrenForFieldName('name').flatMap((name) => (name ? [{ name: name.text, type }] : []));
}

function fieldText(node: Node, field: string): string {
  return node.childForFieldName(field)?.text ?? '';
}

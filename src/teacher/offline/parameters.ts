import type { Node } from '../../syntax/index.ts';
import type { Source } from './source.ts';
import { children } from './source.ts';

/** A parameter that a caller must give. */
export interface Parameter {
  readonly name: string;
  /** Its type as it is written, empty where there is none. */
  readonly type: string;
}

/** The node that holds the parameters. */
export function parameterList({ node }: Source): Node | undefined {
  const direct = node.childForFieldName('parameters');
  if (direct) return direct;
  const declarator = node.descendantsOfType('function_declarator')[0];
  return declarator?.childForFieldName('parameters') ?? undefined;
}

/** The parameters without default, rest and receiver, in their order. */
export function requiredParameters(source: Source): Parameter[] {
  return children(parameterList(source)).flatMap(readParameter);
}

function readParameter(node: Node): Parameter[] {
  if (node.type === 'identifier')
    return /^(self|cls|this)$/.test(node.text) ? [] : [{ name: node.text, type: '' }];
  if (node.type === 'typed_parameter') {
    const name = node.namedChild(0);
    return name?.type === 'identifier'
      ? [{ name: name.text, type: node.childForFieldName('type')?.text ?? '' }]
      : [];
  }
  return [];
}

import type { Node } from 'web-tree-sitter';
import type { Rules } from './rules.ts';

export const go: Rules = {
  grammar: 'go',
  separator: '.',
  query: `
    (function_declaration name: (identifier) @name body: (block)) @function
    (method_declaration
      receiver: (parameter_list (parameter_declaration type: (_) @receiver))
      name: (field_identifier) @name body: (block)) @function
    (short_var_declaration left: (_) @targets right: (expression_list (func_literal) @function))
    (assignment_statement left: (_) @targets right: (expression_list (func_literal) @function))
    (var_spec value: (expression_list (func_literal) @function)) @targets
    (keyed_element key: (_) @name value: (literal_element (func_literal) @function))
  `,
  name: ({ receiver, targets, function: literal }, text) => {
    if (targets && literal) return targetOf(targets, literal);
    return receiver ? `${receiverName(receiver)}.${text}` : text;
  },
};

/** `*List[T]` → `(*List)`, as Go itself writes methods. */
function receiverName(type: Node): string {
  const name = type.text.replace(/\[[\s\S]*/, '').replace(/[\s()]/g, '');
  return name.startsWith('*') ? `(${name})` : name;
}

/** The n-th name on the left belongs to the n-th value on the right. */
function targetOf(targets: Node, literal: Node): string | undefined {
  const values = literal.parent?.namedChildren ?? [];
  const index = values.findIndex((value) => value?.id === literal.id);
  const names = targets.type === 'var_spec' ? targets.childrenForFieldName('name') : targets.namedChildren;
  return names[index]?.text;
}

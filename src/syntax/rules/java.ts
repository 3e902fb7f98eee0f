import type { Rules } from './rules.ts';

/** Abstract and native methods have no body; packages are not part of a name, since the path tells them. */
export const java: Rules = {
  grammar: 'java',
  separator: '.',
  query: `
    (method_declaration name: (_) @name body: (_)) @function
    (constructor_declaration name: (_) @name) @function
    (compact_constructor_declaration name: (_) @name) @function
    (class_declaration name: (_) @name) @scope
    (interface_declaration name: (_) @name) @scope
    (annotation_type_declaration name: (_) @name) @scope
    (enum_declaration name: (_) @name) @scope
    (enum_constant name: (_) @name body: (_)) @scope
    (record_declaration name: (_) @name) @scope
    (object_creation_expression type: (generic_type . (_) @name) (class_body)) @scope
    (object_creation_expression type: (_) @name (class_body)) @scope
    (variable_declarator name: (_) @name value: (lambda_expression) @function)
    (variable_declarator name: (_) @name value: (cast_expression value: (lambda_expression) @function))
    (assignment_expression left: (_) @name right: (lambda_expression) @function)
  `,
};

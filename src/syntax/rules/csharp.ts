import type { Rules } from './rules.ts';

const LITERAL = '[(lambda_expression) (anonymous_method_expression)] @function';

/** Accessors with a body are functions: `Token.Value.get`. Namespaces are not part of a name. */
export const csharp: Rules = {
  grammar: 'c_sharp',
  separator: '.',
  query: `
    (method_declaration (explicit_interface_specifier)? @name name: (_) @name body: (_)) @function
    (local_function_statement name: (_) @name body: (_)) @function
    (constructor_declaration name: (_) @name body: (_)) @function
    (destructor_declaration "~" @name name: (_) @name body: (_)) @function
    (operator_declaration "operator" @name operator: _ @name body: (_)) @function
    (conversion_operator_declaration ["implicit" "explicit"] @name type: (_) @name body: (_)) @function
    (property_declaration (explicit_interface_specifier)? @name name: (_) @name value: (arrow_expression_clause)) @function
    (property_declaration (explicit_interface_specifier)? @name name: (_) @name) @scope
    (indexer_declaration "this" @name value: (arrow_expression_clause)) @function
    (indexer_declaration "this" @name) @scope
    (event_declaration name: (_) @name) @scope
    (accessor_declaration name: _ @name body: (_)) @function
    (class_declaration name: (_) @name) @scope
    (struct_declaration name: (_) @name) @scope
    (interface_declaration name: (_) @name) @scope
    (record_declaration name: (_) @name) @scope
    (enum_declaration name: (_) @name) @scope
    (variable_declarator name: (_) @name ${LITERAL})
    (assignment_expression left: (_) @name right: ${LITERAL})
  `,
};

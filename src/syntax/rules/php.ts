import type { Rules } from './rules.ts';

const LITERAL = '[(anonymous_function) (arrow_function)] @function';

/** Namespaces are not part of a name, since the path tells them. */
export const php: Rules = {
  grammar: 'php',
  separator: '::',
  query: `
    (function_definition name: (_) @name) @function
    (method_declaration name: (_) @name body: (_)) @function
    (property_declaration (property_element name: (_) @name) (property_hook_list)) @scope
    (property_hook . (name) @name body: (_)) @function
    (class_declaration name: (_) @name) @scope
    (interface_declaration name: (_) @name) @scope
    (trait_declaration name: (_) @name) @scope
    (enum_declaration name: (_) @name) @scope
    (anonymous_class "class" @name) @scope
    (assignment_expression left: (_) @name right: ${LITERAL})
    (array_element_initializer . (_) @name . ${LITERAL})
  `,
  name: ({ scope }, text) => (scope?.type === 'anonymous_class' ? 'class@anonymous' : text),
};

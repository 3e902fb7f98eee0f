import type { Rules } from './rules.ts';

const LITERAL = '[(lambda_literal) (anonymous_function)] @function';

/** Accessors with a body are functions: `Buffer.size.get`; extensions carry their receiver: `String.encodeUtf8`. */
export const kotlin: Rules = {
  grammar: 'kotlin',
  separator: '.',
  query: `
    (function_declaration [(user_type) (nullable_type)]? @name . name: (_) @name (function_body)) @function
    (secondary_constructor "constructor" @name (block)) @function
    (getter "get" @name (function_body)) @function
    (setter "set" @name (function_body)) @function
    (class_declaration name: (_) @name) @scope
    (object_declaration name: (_) @name) @scope
    (companion_object name: (_) @name) @scope
    (companion_object "companion" @name) @scope
    (enum_entry . (identifier) @name (class_body)) @scope
    (property_declaration (variable_declaration . (identifier) @name) ${LITERAL})
    (property_declaration (variable_declaration . (identifier) @name) (object_literal) @scope)
    (property_declaration (variable_declaration . (identifier) @name) [(getter) (setter)]) @scope
    (assignment left: (_) @name right: ${LITERAL})
    (object_literal (delegation_specifiers . (delegation_specifier [
      (user_type . (identifier) @name)
      (constructor_invocation (user_type . (identifier) @name))
    ]))) @scope
  `,
  name: ({ name }, text) => (name?.type === 'companion' ? 'Companion' : text.replace(/<.*>/, '')),
};

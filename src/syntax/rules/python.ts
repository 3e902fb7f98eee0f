import type { Rules } from './rules.ts';

export const python: Rules = {
  grammar: 'python',
  separator: '.',
  query: `
    (function_definition name: (identifier) @name) @function
    (class_definition name: (identifier) @name) @scope
    (assignment left: [(identifier) (attribute)] @name right: (lambda) @function)
    (assignment left: [(identifier) (attribute)] @name right: (parenthesized_expression (lambda) @function))
    (pair key: (string) @name value: (lambda) @function)
    (named_expression name: (identifier) @name value: (lambda) @function)
  `,
};

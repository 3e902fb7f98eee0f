import type { Rules } from './rules.ts';

const LITERAL = '[(arrow_function) (function_expression) (generator_function)] @function';
const HOLDER = '[(object) (class)] @scope';

/** A place that gives its name to the value in it, where that is a function, an object or a class. */
function named(place: (value: string) => string, wrappers: readonly string[]): string {
  const values = [LITERAL, HOLDER];
  const wrapped = wrappers.flatMap((wrapper) => values.map((value) => wrapper.replace('*', value)));
  return [...values, ...wrapped].map(place).join('\n');
}

/**
 * What JavaScript and TypeScript have in common. Overloads and abstract methods have no body and are left out;
 * so are callbacks, which nobody calls by name.
 */
function query(field: string, wrappers: readonly string[]): string {
  return `
    (function_declaration name: (identifier) @name) @function
    (generator_function_declaration name: (identifier) @name) @function
    (method_definition name: (_) @name) @function
    (class_declaration name: (_) @name) @scope
    ${named((value) => `(variable_declarator name: (identifier) @name value: ${value})`, wrappers)}
    ${named((value) => `(assignment_expression left: [(identifier) (member_expression) (subscript_expression)] @name right: ${value})`, wrappers)}
    ${named((value) => `(pair key: (_) @name value: ${value})`, wrappers)}
    ${named((value) => `(${field} value: ${value})`, wrappers)}
    ${named((value) => `(export_statement "default" @name value: ${value})`, wrappers)}
    (function_expression name: (identifier) @name) @function
    (generator_function name: (identifier) @name) @function
    (class name: (_) @name) @scope
  `;
}

export const javascript: Rules = {
  grammar: 'javascript',
  separator: '.',
  query: query('field_definition property: (_) @name', ['(parenthesized_expression *)']),
};

const typescriptQuery = `
  ${query('public_field_definition name: (_) @name', [
    '(parenthesized_expression *)',
    '(as_expression *)',
    '(satisfies_expression *)',
    '(as_expression (parenthesized_expression *))',
  ])}
  (abstract_class_declaration name: (_) @name) @scope
  (internal_module name: (_) @name) @scope
  (module name: (_) @name) @scope
`;

export const typescript: Rules = {
  grammar: 'typescript',
  separator: '.',
  query: typescriptQuery,
  prepare: endSignatures,
};

export const tsx: Rules = { grammar: 'tsx', separator: '.', query: typescriptQuery };

/**
 * A generic call signature of an interface may follow a line without a semicolon, which derails the grammar;
 * it gets one in place of a blank before it.
 */
function endSignatures(source: string): string {
  return source.replace(/(?<=[\w)\]}>'"]\s*\n[ \t]*)[ \t](?=<[A-Z\n])/g, ';');
}

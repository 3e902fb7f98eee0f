import { type Dialect, negateWithMark, words } from './dialect.ts';

export const java: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['class Wrapper {\n', '}\n'],
    ['interface Wrapper {\n', '}\n'],
    ['class Wrapper {\nvoid wrapper() {\n', '}\n}\n'],
  ],
  functions: words(
    'method_declaration constructor_declaration compact_constructor_declaration lambda_expression',
  ),
  blocks: words('block constructor_body'),
  ifs: words('if_statement'),
  loops: words('for_statement enhanced_for_statement while_statement do_statement'),
  returns: words('return_statement'),
  exits: words('return_statement throw_statement continue_statement break_statement yield_statement'),
  calls: words('method_invocation object_creation_expression'),
  strings: words('string_literal'),
  numbers: words('decimal_integer_literal decimal_floating_point_literal'),
  identifiers: words('identifier'),
  members: words('field_access.field method_invocation.name method_reference.#1'),
  locals: words('variable_declarator.name'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `final var ${name} = ${value}`,
  sigil: '',
  end: ';',
};

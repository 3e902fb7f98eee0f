import { type Dialect, negateWithMark, words } from './dialect.ts';

export const csharp: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['class Wrapper\n{\n', '}\n'],
    ['class Wrapper\n{\nvoid Wrap()\n{\n', '}\n}\n'],
    ['class Wrapper\n{\nint Wrap\n{\n', '}\n}\n'],
  ],
  functions: words(
    `method_declaration constructor_declaration destructor_declaration local_function_statement operator_declaration
     conversion_operator_declaration accessor_declaration property_declaration lambda_expression
     anonymous_method_expression`,
  ),
  blocks: words('block'),
  ifs: words('if_statement'),
  loops: words('for_statement foreach_statement while_statement do_statement'),
  returns: words('return_statement'),
  exits: words('return_statement throw_statement continue_statement break_statement'),
  calls: words('invocation_expression object_creation_expression'),
  strings: words('string_literal'),
  numbers: words('integer_literal real_literal'),
  identifiers: words('identifier'),
  members: words(
    'member_access_expression.name member_binding_expression.name argument.name generic_name.#0 name_colon.#0',
  ),
  locals: words('variable_declarator.name'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `var ${name} = ${value}`,
  sigil: '',
  end: ';',
};

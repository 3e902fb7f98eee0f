import { type Dialect, negateWithMark, words } from './dialect.ts';

export const kotlin: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['', ''],
    ['class Wrapper {\n', '}\n'],
    ['fun wrapper() {\n', '}\n'],
    ['var wrapper: Int\n', ''],
  ],
  functions: words(
    'function_declaration secondary_constructor anonymous_function lambda_literal getter setter',
  ),
  blocks: words('block'),
  ifs: words('if_expression'),
  loops: words('for_statement while_statement do_while_statement'),
  returns: words('return_expression'),
  exits: words('return_expression throw_expression continue_expression break_expression'),
  calls: words('call_expression'),
  strings: words('string_literal'),
  numbers: words('number_literal float_literal'),
  identifiers: words('identifier'),
  members: words('navigation_expression.#1 user_type.#0 user_type.#1'),
  locals: words('variable_declaration.#0'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `val ${name} = ${value}`,
  sigil: '',
  end: '',
};

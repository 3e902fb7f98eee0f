import { type Dialect, negateWithMark, words } from './dialect.ts';

export const c: Dialect = {
  comment: '//',
  naming: 'snake',
  wraps: [['', '']],
  functions: words('function_definition'),
  blocks: words('compound_statement'),
  ifs: words('if_statement'),
  loops: words('for_statement while_statement do_statement'),
  returns: words('return_statement'),
  exits: words('return_statement continue_statement break_statement goto_statement'),
  calls: words('call_expression'),
  strings: words('string_literal'),
  numbers: words('number_literal'),
  identifiers: words('identifier'),
  members: words(''),
  locals: words('init_declarator.declarator declaration.declarator'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `const int ${name} = ${value}`,
  sigil: '',
  end: ';',
};

export const cpp: Dialect = {
  ...c,
  wraps: [
    ['', ''],
    ['class Wrapper {\npublic:\n', '};\n'],
    ['void wrapper() {\n', '}\n'],
  ],
  functions: words('function_definition lambda_expression'),
  loops: words('for_statement for_range_loop while_statement do_statement'),
  exits: words('return_statement throw_statement continue_statement break_statement goto_statement'),
  members: words('qualified_identifier.name'),
  declare: (name, value) => `const auto ${name} = ${value}`,
};

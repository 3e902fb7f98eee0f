import { type Dialect, negateWithMark, words } from './dialect.ts';

export const php: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['<?php\nclass Wrapper {\n', '}\n'],
    ['<?php\n', ''],
    ['<?php\n$wrapper = [\n', '];\n'],
  ],
  functions: words('function_definition method_declaration anonymous_function arrow_function'),
  blocks: words('compound_statement program'),
  ifs: words('if_statement'),
  loops: words('for_statement foreach_statement while_statement do_statement'),
  returns: words('return_statement'),
  exits: words('return_statement continue_statement break_statement'),
  calls: words(
    'function_call_expression member_call_expression scoped_call_expression object_creation_expression',
  ),
  strings: words('string encapsed_string'),
  numbers: words('integer float'),
  identifiers: words('variable_name'),
  members: words('scoped_property_access_expression.name'),
  locals: words('assignment_expression.left'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `$${name} = ${value}`,
  sigil: '$',
  end: ';',
};

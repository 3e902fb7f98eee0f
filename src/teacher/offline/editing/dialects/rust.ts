import { type Dialect, negateWithMark, words } from './dialect.ts';

export const rust: Dialect = {
  comment: '//',
  naming: 'snake',
  wraps: [
    ['', ''],
    ['impl Wrapper {\n', '}\n'],
    ['fn wrapper() {\n', '}\n'],
  ],
  functions: words('function_item closure_expression'),
  blocks: words('block'),
  ifs: words('if_expression'),
  loops: words('for_expression while_expression loop_expression'),
  returns: words('return_expression'),
  exits: words('return_expression continue_expression break_expression'),
  calls: words('call_expression macro_invocation'),
  strings: words('string_literal'),
  numbers: words('integer_literal float_literal'),
  identifiers: words('identifier'),
  members: words('scoped_identifier.name macro_invocation.macro'),
  locals: words('let_declaration.pattern'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `let ${name} = ${value}`,
  sigil: '',
  end: ';',
};

import { type Dialect, negateWithMark, words } from './dialect.ts';

export const swift: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['', ''],
    ['class Wrapper {\n', '}\n'],
    ['func wrapper() {\n', '}\n'],
  ],
  functions: words(
    'function_declaration init_declaration deinit_declaration lambda_literal computed_property subscript_declaration',
  ),
  blocks: words('statements'),
  ifs: words('if_statement'),
  loops: words('for_statement while_statement repeat_while_statement'),
  returns: words('control_transfer_statement'),
  exits: words('control_transfer_statement'),
  calls: words('call_expression'),
  strings: words('line_string_literal'),
  numbers: words('integer_literal real_literal'),
  identifiers: words('simple_identifier'),
  members: words(
    'navigation_suffix.suffix value_argument_label.#0 value_argument.name parameter.external_name',
  ),
  locals: words('pattern.bound_identifier'),
  junctions: words('conjunction_expression disjunction_expression'),
  negate: negateWithMark,
  declare: (name, value) => `let ${name} = ${value}`,
  sigil: '',
  end: '',
};

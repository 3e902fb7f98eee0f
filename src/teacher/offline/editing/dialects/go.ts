import { type Dialect, negateWithMark, words } from './dialect.ts';

export const go: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['package wrapper\n\n', ''],
    ['package wrapper\n\nfunc wrapper() {\n', '}\n'],
    ['package wrapper\n\nvar wrapper = Wrapper{\n', '}\n'],
  ],
  functions: words('function_declaration method_declaration func_literal'),
  blocks: words('statement_list'),
  ifs: words('if_statement'),
  loops: words('for_statement'),
  returns: words('return_statement'),
  exits: words('return_statement continue_statement break_statement goto_statement'),
  calls: words('call_expression'),
  strings: words('interpreted_string_literal'),
  numbers: words('int_literal float_literal'),
  identifiers: words('identifier'),
  members: words('literal_element.#0 keyed_element.key'),
  locals: words('expression_list.#0 expression_list.#1 var_spec.name'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `${name} := ${value}`,
  sigil: '',
  end: '',
};

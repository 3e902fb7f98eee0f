import { type Dialect, negateWithMark, words } from './dialect.ts';

/** JavaScript and TypeScript, with and without JSX: one family of grammars. */
export const javascript: Dialect = {
  comment: '//',
  naming: 'camel',
  wraps: [
    ['', ''],
    ['const wrapper = {\n', '};\n'],
    ['class Wrapper {\n', '}\n'],
  ],
  functions: words(
    `function_declaration generator_function_declaration function_expression generator_function arrow_function
     method_definition`,
  ),
  blocks: words('statement_block program'),
  ifs: words('if_statement'),
  loops: words('for_statement for_in_statement while_statement do_statement'),
  returns: words('return_statement'),
  exits: words('return_statement throw_statement continue_statement break_statement'),
  calls: words('call_expression new_expression'),
  strings: words('string'),
  numbers: words('number'),
  identifiers: words('identifier'),
  members: words(''),
  locals: words('variable_declarator.name'),
  junctions: words('binary_expression'),
  negate: negateWithMark,
  declare: (name, value) => `const ${name} = ${value}`,
  sigil: '',
  end: ';',
};

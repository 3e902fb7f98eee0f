import { type Dialect, words } from './dialect.ts';

export const python: Dialect = {
  comment: '#',
  naming: 'snake',
  wraps: [
    ['', ''],
    ['class Wrapper:\n', ''],
  ],
  functions: words('function_definition lambda'),
  blocks: words('block module'),
  ifs: words('if_statement'),
  loops: words('for_statement while_statement'),
  returns: words('return_statement'),
  exits: words('return_statement raise_statement continue_statement break_statement'),
  calls: words('call'),
  strings: words('string'),
  numbers: words('integer float'),
  identifiers: words('identifier'),
  members: words('attribute.attribute keyword_argument.name typed_parameter.type'),
  locals: words('assignment.left'),
  junctions: words('boolean_operator'),
  negate: (condition) => `not ${/^[\w.]+$/.test(condition) ? condition : `(${condition})`}`,
  declare: (name, value) => `${name} = ${value}`,
};

import { type Dialect, withoutBrackets, words } from './dialect.ts';

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
  members: words('attribute.attribute'),
  locals: words('assignment.left'),
  junctions: words('boolean_operator'),
  negate: negateInWords,
  declare: (name, value) => `${name} = ${value}`,
  sigil: '',
  end: '',
};

function negateInWords(condition: string): string {
  const bare = withoutBrackets(condition);
  if (/^not [\w.]+$/.test(bare)) return bare.slice(4);
  const test = /^([\w.]+) (is|is not|in|not in) ([\w.]+)$/.exec(bare);
  if (test) return `${test[1]} ${OPPOSITES[test[2] ?? '']} ${test[3]}`;
  return /^[\w.]+$/.test(bare) ? `not ${bare}` : `not (${bare})`;
}

const OPPOSITES: Readonly<Record<string, string>> = {
  is: 'is not',
  'is not': 'is',
  in: 'not in',
  'not in': 'in',
};

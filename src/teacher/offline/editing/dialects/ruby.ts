import { type Dialect, negateWithMark, words } from './dialect.ts';

export const ruby: Dialect = {
  comment: '#',
  naming: 'snake',
  wraps: [
    ['', ''],
    ['class Wrapper\n', 'end\n'],
  ],
  functions: words('method singleton_method lambda do_block block'),
  blocks: words('body_statement then else do'),
  ifs: words('if unless'),
  loops: words('while until for'),
  returns: words('return'),
  exits: words('return next break'),
  calls: words('call'),
  strings: words('string'),
  numbers: words('integer float'),
  identifiers: words('identifier'),
  members: words('call.method'),
  locals: words('assignment.left'),
  junctions: words('binary'),
  negate: negateWithMark,
  declare: (name, value) => `${name} = ${value}`,
  sigil: '',
  end: '',
};

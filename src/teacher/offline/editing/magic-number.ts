import type { Node } from '../../../syntax/index.ts';
import { statementAround } from './lines.ts';
import { isFree, joinName, wordsOf } from './names.ts';
import { descendants } from './nodes.ts';
import type { Source } from './source.ts';

/** A whole number above 2 whose meaning is nowhere said. */
export interface MagicNumber {
  readonly node: Node;
  readonly statement: Node;
  /** Names for it that are free, the plainest first. */
  readonly names: readonly [string, ...string[]];
}

export function magicNumbers(source: Source): MagicNumber[] {
  const { body, dialect } = source;
  if (!body) return [];
  return descendants(body, dialect.numbers).flatMap((node) => {
    const statement = statementAround(source, node);
    if (!/^\d{1,9}$/.test(node.text) || Number(node.text) <= 2 || !statement || !isOrdinary(node, statement))
      return [];
    const [first, ...rest] = namesFor(source, node);
    return first ? [{ node, statement, names: [first, ...rest] }] : [];
  });
}

/** False where the number has a name already, or stands where only a literal may. */
function isOrdinary(node: Node, statement: Node): boolean {
  if (NAMED.test(node.parent?.type ?? '')) return false;
  for (let current = node.parent; current && current.id !== statement.id; current = current.parent) {
    if (LITERAL_ONLY.test(current.type)) return false;
  }
  return !LITERAL_ONLY.test(statement.type);
}

const NAMED =
  /declarat|assign|property|expression_list|keyword_argument|pair|keyed|value_argument_label|const|default/;
const LITERAL_ONLY =
  /availability|case|label|when_entry|match_arm|pattern|array_type|array_declarator|array_rank|template|type|attribute|decorator|enum|const|function|lambda|closure|literal_element|macro|token_tree|preproc|bitfield|static/;

function namesFor(source: Source, node: Node): string[] {
  const neighbour = node.parent?.namedChildren.find(
    (child) => child && child.id !== node.id && /^[\w.$]+$/.test(child.text),
  );
  const near = neighbour?.text.split('.').at(-1) ?? '';
  const about = /^[\d_]+$|^(none|null|nil|true|false|self|this)$/i.test(near)
    ? []
    : wordsOf(near).slice(0, 2);
  const candidates =
    about.length > 0
      ? [
          [...about, 'limit'],
          ['max', ...about],
          [...about, 'threshold'],
        ]
      : [['limit'], ['default', 'amount'], ['fixed', 'value']];
  return candidates.map((parts) => joinName(source.dialect, parts)).filter((name) => isFree(source, name));
}

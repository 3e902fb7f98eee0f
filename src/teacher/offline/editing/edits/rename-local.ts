import { isFree, joinName } from '../names.ts';
import { descendants, type Placed, placedNodes } from '../nodes.ts';
import { instead } from '../replacement.ts';
import { type Source, textOf } from '../source.ts';
import type { Edit, Site } from './edit.ts';

/** Gives a local variable a name that tells more. */
export const renameLocal: Edit = {
  kind: 'rename-local',
  sites(source) {
    const all = placedNodes(source.node, source.dialect.identifiers);
    const born = new Set(all.filter((placed) => isBorn(source, placed)).map(({ node }) => node.text));
    const isPrivate = privacy(source);
    return [...born].flatMap((full) => {
      const name = full.slice(source.dialect.sigil.length);
      if (name.length < 2 || /^[A-Z_]/.test(name) || !isPrivate(name)) return [];
      return site(
        source,
        name,
        all.filter(({ node }) => node.text === full),
      );
    });
  },
};

function site(source: Source, name: string, nodes: readonly Placed[]): Site[] {
  const { dialect } = source;
  const options = alternatives(name).map((parts) => joinName(dialect, parts));
  const [first, ...rest] = options.filter((option) => isFree(source, option));
  if (!first) return [];
  const variables = nodes.filter((placed) => !dialect.members.has(placed.place) && !isArgumentName(placed));
  return [
    {
      detail: name,
      change: (taste) => {
        const chosen = dialect.sigil + taste.pick([first, ...rest]);
        return variables.map(({ node }) => instead(node, chosen));
      },
    },
  ];
}

/** Go writes many things as lists of expressions; only those on the left of `:=` are born there. */
function isBorn({ dialect }: Source, { place, holder }: Placed): boolean {
  if (!dialect.locals.has(place)) return false;
  return !place.startsWith('expression_list') || holder === 'short_var_declaration.left';
}

/** `f(name=value)`, `f(name: value)`. */
function isArgumentName({ node, place }: Placed): boolean {
  return /^\w*argument/.test(place) && /^[=:]$/.test(node.nextSibling?.type ?? '');
}

/**
 * Tells of a name whether all its places are seen as identifiers: it is no parameter, is not declared elsewhere,
 * and does not stand where its spelling is also the name of a property or a part of a string.
 */
function privacy(source: Source): (name: string) => boolean {
  const { node, text, body, language } = source;
  const head = text.slice(node.startIndex, body?.startIndex ?? node.endIndex);
  const doubtful = descendants(node, DOUBTFUL).map((found) => found.text);
  const outer = node.text.match(/\b(global|nonlocal|static|extern)\b[^\n]*/g) ?? [];
  const formats = language === 'rust' ? (node.text.match(/"[^"\n]*\{[^"\n]*"/g) ?? []) : [];
  const elsewhere = [head, ...doubtful, ...outer, ...formats].join('\n');
  const hidden = (word: RegExp) => textOf(source, node).match(word)?.length !== node.text.match(word)?.length;
  return (name) => {
    const word = new RegExp(`\\b${name}\\b`, 'g');
    return elsewhere.search(word) < 0 && !hidden(word);
  };
}

/** Where a spelling stands for a property as well, and what the grammars leave as plain text. */
const DOUBTFUL = new Set([
  'shorthand_property_identifier',
  'shorthand_property_identifier_pattern',
  'shorthand_field_initializer',
  'shorthand_field_identifier',
  'preproc_def',
  'preproc_function_def',
  'preproc_arg',
  'preproc_if',
  'preproc_ifdef',
  'heredoc_body',
]);

const SYNONYMS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    result: ['outcome', 'computed_result'],
    res: ['response', 'outcome'],
    ret: ['return_value', 'outcome'],
    rv: ['return_value', 'result'],
    data: ['payload', 'raw_data'],
    tmp: ['temporary', 'scratch'],
    val: ['value', 'current_value'],
    value: ['current_value', 'given_value'],
    err: ['failure', 'problem'],
    msg: ['message', 'message_text'],
    ctx: ['context', 'current_context'],
    cfg: ['config', 'settings'],
    buf: ['buffer', 'scratch_buffer'],
    len: ['length', 'total_length'],
    idx: ['index', 'position'],
    fn: ['callback', 'handler'],
    key: ['lookup_key', 'entry_key'],
    name: ['full_name', 'display_name'],
    path: ['target_path', 'file_path'],
  }),
);

/** Names that could stand in a name's place, the plainest first. */
function alternatives(name: string): string[][] {
  const known = SYNONYMS.get(name)?.map((synonym) => [synonym]) ?? [];
  return [...known, ['current', name], ['local', name], [name, 'value']];
}

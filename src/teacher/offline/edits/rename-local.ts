import type { Node } from '../../../syntax/index.ts';
import { isFree, joinName } from '../names.ts';
import { descendants, instead, placeOf, type Source } from '../source.ts';
import type { Edit, Site } from './edit.ts';

/** Gives a local variable a name that tells more. */
export const renameLocal: Edit = {
  kind: 'rename-local',
  sites(source) {
    const all = descendants(source.node, source.dialect.identifiers);
    const born = new Set(
      all.filter((node) => source.dialect.locals.has(placeOf(node))).map((node) => node.text),
    );
    return [...born].flatMap((name) =>
      site(
        source,
        name,
        all.filter((node) => node.text === name),
      ),
    );
  },
};

function site(source: Source, name: string, nodes: readonly Node[]): Site[] {
  const variables = nodes.filter((node) => !source.dialect.members.has(placeOf(node)));
  const options = alternatives(name)
    .map((parts) => joinName(source.dialect, parts))
    .filter((option) => isFree(source, option));
  const [first, ...rest] = options;
  if (!first || name.length < 2 || /^[A-Z_]/.test(name) || declaredOutside(source, name)) return [];
  return [
    {
      detail: name,
      change: (taste) => {
        const chosen = taste.pick([first, ...rest]);
        return variables.map((node) => instead(node, chosen));
      },
    },
  ];
}

/** `global x` and `nonlocal x` name something that is not ours to rename; so does a parameter. */
function declaredOutside(source: Source, name: string): boolean {
  const head = source.text.slice(source.node.startIndex, source.body?.startIndex ?? source.node.endIndex);
  return (
    new RegExp(`\\b(global|nonlocal)\\b.*\\b${name}\\b`).test(source.node.text) ||
    new RegExp(`\\b${name}\\b`).test(head)
  );
}

const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  result: ['outcome', 'computed_result'],
  res: ['response', 'outcome'],
  ret: ['return_value', 'outcome'],
  rv: ['return_value', 'result'],
  data: ['payload', 'raw_data'],
  tmp: ['temporary', 'scratch'],
  val: ['value', 'current_value'],
  value: ['current_value', 'given_value'],
  err: ['error', 'failure'],
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
};

/** Names that could stand in a name's place, the plainest first. */
function alternatives(name: string): string[][] {
  const known = SYNONYMS[name]?.map((synonym) => [synonym]) ?? [];
  return [...known, ['current', name], ['local', name], [name, 'value']];
}

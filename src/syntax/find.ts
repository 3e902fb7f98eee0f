import type { QueryMatch } from 'web-tree-sitter';
import type { FoundFunction } from './function.ts';
import { type LoadedLanguage, load } from './grammar.ts';
import type { Language } from './language.ts';
import type { Captures, Rules } from './rules/rules.ts';

/**
 * Every function and method with a body in a source text, in the order of its lines: nested ones too, and
 * anonymous ones that are assigned to a name. A source with errors gives what could be recognised in it.
 */
export async function findFunctions(language: Language, source: string): Promise<FoundFunction[]> {
  return find(await load(language), source);
}

function find({ parser, query, rules }: LoadedLanguage, source: string): FoundFunction[] {
  const tree = parser.parse(source);
  if (!tree) return [];
  try {
    return qualify(namedNodes(query.matches(tree.rootNode), rules));
  } finally {
    tree.delete();
  }
}

/** A node that has a name: a function, or a class, object or namespace with functions inside. */
interface NamedNode {
  readonly pattern: number;
  readonly isFunction: boolean;
  readonly name: string;
  readonly separator: string;
  readonly start: number;
  readonly end: number;
  readonly startLine: number;
  readonly endLine: number;
}

function namedNodes(matches: readonly QueryMatch[], rules: Rules): NamedNode[] {
  const nodes = new Map<number, NamedNode>();
  for (const match of matches) {
    const captures: Captures = Object.fromEntries(match.captures.map(({ name, node }) => [name, node]));
    const node = captures.function ?? captures.scope;
    if (!node) continue;
    const known = nodes.get(node.id);
    if (known && known.pattern <= match.patternIndex) continue;
    const name = rules.name ? rules.name(captures) : captures.name?.text;
    if (!name) continue;
    nodes.set(node.id, {
      pattern: match.patternIndex,
      isFunction: captures.function !== undefined,
      name: plain(name),
      separator: match.setProperties?.separator ?? rules.separator,
      start: node.startIndex,
      end: node.endIndex,
      startLine: Math.min(captures.name?.startPosition.row ?? Infinity, node.startPosition.row) + 1,
      endLine: node.endPosition.row + 1,
    });
  }
  return [...nodes.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

/** A name on one line and without the quotes of a property that is written as a string. */
function plain(name: string): string {
  return name.replace(/^(['"`])(.*)\1$/s, '$2').replace(/\s+/g, ' ');
}

function qualify(nodes: readonly NamedNode[]): FoundFunction[] {
  const functions: FoundFunction[] = [];
  const scopes: { readonly end: number; readonly name: string }[] = [];
  for (const node of nodes) {
    while (scopes.length > 0 && (scopes.at(-1)?.end ?? 0) <= node.start) scopes.pop();
    const scope = scopes.at(-1);
    const name = scope ? `${scope.name}${node.separator}${node.name}` : node.name;
    scopes.push({ end: node.end, name });
    if (node.isFunction) functions.push({ name, startLine: node.startLine, endLine: node.endLine });
  }
  return functions;
}

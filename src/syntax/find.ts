import type { Node, QueryMatch } from 'web-tree-sitter';
import type { FoundFunction } from './function.ts';
import { type LoadedLanguage, load } from './grammar.ts';
import type { Language } from './language.ts';
import { Deadline, parseWith, TIME_LIMIT } from './parse.ts';
import type { Rules } from './rules/rules.ts';

/** What a source has in it. */
export interface Survey {
  /** In the order of their lines. */
  readonly functions: readonly FoundFunction[];
  /** False where the grammar could not make sense of some part; the functions are those of the rest. */
  readonly sound: boolean;
}

/**
 * Every function and method with a body in a source text, in the order of its lines: nested ones too, and
 * anonymous ones that are assigned to a name. A source with errors gives what could be recognised in it.
 *
 * @param limit milliseconds for this source
 * @throws ParseTimeoutError for sources that are made to be slow
 */
export async function findFunctions(
  language: Language,
  source: string,
  limit = TIME_LIMIT,
): Promise<FoundFunction[]> {
  return [...(await surveySource(language, source, limit)).functions];
}

/** As `findFunctions`, and whether the source could be parsed without errors. */
export async function surveySource(language: Language, source: string, limit = TIME_LIMIT): Promise<Survey> {
  return survey(await load(language), source, new Deadline(limit));
}

function survey(language: LoadedLanguage, source: string, deadline: Deadline): Survey {
  const tree = parseWith(language, source, deadline);
  try {
    const matches = language.query.matches(tree.rootNode, { progressCallback: () => deadline.passed() });
    if (deadline.passed()) throw deadline.error();
    const functions = qualify(namedNodes(matches, language.rules, source));
    return { functions, sound: !tree.rootNode.hasError };
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
  readonly mayNest: boolean;
  readonly start: number;
  readonly end: number;
  readonly startLine: number;
  readonly endLine: number;
}

function namedNodes(matches: readonly QueryMatch[], rules: Rules, source: string): NamedNode[] {
  const nodes = new Map<number, NamedNode>();
  for (const match of matches) {
    const node = match.captures.find(({ name }) => name === 'function' || name === 'scope')?.node;
    if (!node) continue;
    const known = nodes.get(node.id);
    if (known && known.pattern <= match.patternIndex) continue;
    const named = namedNode(node, match, rules, source);
    if (named) nodes.set(node.id, named);
  }
  return [...nodes.values()].sort((a, b) => a.start - b.start || b.end - a.end);
}

function namedNode(node: Node, match: QueryMatch, rules: Rules, source: string): NamedNode | undefined {
  const captures: Record<string, Node> = {};
  let last: Node | undefined;
  for (const capture of match.captures) {
    captures[capture.name] ??= capture.node;
    if (capture.name === 'name') last = capture.node;
  }
  const text = last ? plain(source.slice(captures.name?.startIndex, last.endIndex)) : '';
  const name = rules.name ? rules.name(captures, text) : text;
  if (!name) return undefined;
  const line = Math.min(captures.name?.startPosition.row ?? Infinity, node.startPosition.row) + 1;
  return {
    pattern: match.patternIndex,
    isFunction: captures.function !== undefined,
    name,
    separator: match.setProperties?.separator ?? rules.separator,
    mayNest: !rules.notNested?.test(name),
    start: node.startIndex,
    end: node.endIndex,
    startLine: line,
    endLine: node.endPosition.row + 1,
  };
}

/** A name on one line and without the quotes of a property that is written as a string. */
function plain(name: string): string {
  return name.replace(/^(['"])(.*)\1$/s, '$2').replace(/\s+/g, ' ');
}

function qualify(nodes: readonly NamedNode[]): FoundFunction[] {
  const functions: FoundFunction[] = [];
  const scopes: Scope[] = [];
  for (const node of nodes) {
    while (scopes.length > 0 && (scopes.at(-1)?.end ?? 0) <= node.start) scopes.pop();
    const scope = scopes.at(-1);
    if (scope?.isFunction && !node.mayNest) continue;
    const name = scope ? `${scope.name}${node.separator}${node.name}` : node.name;
    scopes.push({ end: node.end, name, isFunction: node.isFunction });
    if (node.isFunction) functions.push({ name, startLine: node.startLine, endLine: node.endLine });
  }
  return functions;
}

interface Scope {
  readonly end: number;
  readonly name: string;
  readonly isFunction: boolean;
}

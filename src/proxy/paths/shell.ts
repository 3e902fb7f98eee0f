import { type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash';
import { placesOf } from './boundary.ts';
import { type FlatWord, flattenDocument, flattenWord, type Quoting, type Unit } from './flat-word.ts';
import { quote } from './quote.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Puts one root in the place of another in a shell command: in its words, whatever their quotes, in assignments,
 * redirections, substitutions and here-documents, and in the commands that it hands to another shell. What the shell
 * reads is changed in nothing else; comments stay as they are.
 */
export function replaceRootInCommand(command: string, from: string, to: string): string {
  let result = command;
  for (const { start, end, text } of editsOf(command, from, to).toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + text + result.slice(end);
  }
  return result;
}

function editsOf(command: string, from: string, to: string): Edit[] {
  if (!command.includes('/')) return [];
  const edits: Edit[] = [];
  const scripts = new Set<SyntaxNode>();
  const visit = (node: SyntaxNode, around: Quoting): void => {
    // Inside backquotes a word's positions can be those of its own text.
    if (node.type === 'Word' && command.slice(node.pos, node.end) === node.text) {
      const flat = flattenWord(command, node, around);
      edits.push(
        ...(scripts.has(node) ? editScript(command, flat, from, to) : editFlat(command, flat, from, to)),
      );
      if (scripts.has(node)) return;
    }
    if (node.type === 'Command') for (const word of scriptsOf(node)) scripts.add(word);
    if (node.type === 'HereDoc') {
      const flat = flattenDocument(command, node.body, node.delimiter?.quoted ?? false);
      edits.push(...editFlat(command, flat, from, to));
    }
    const inside = quotingInside(node, around);
    forEachChild(node, (child) => visit(child, inside));
  };
  visit(parse(command), 'none');
  return edits;
}

/** The default in `"${x:-/a b}"` is quoted by what stands around it; a substitution begins anew. */
function quotingInside(node: SyntaxNode, around: Quoting): Quoting {
  switch (node.type) {
    case 'DoubleQuoted':
    case 'LocaleString':
      return 'double';
    case 'HereDocBody':
      return 'document';
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      return 'none';
    case 'ParameterExpansion':
      return around === 'double' ? 'default' : around;
    default:
      return around;
  }
}

function editFlat(source: string, { value, units }: FlatWord, from: string, to: string): Edit[] {
  return placesOf(value, from).flatMap((place) =>
    editUnits(source, units.slice(place, place + from.length), from, to),
  );
}

/** A script handed to another shell is read by both: what needs quotes needs them twice. */
function editScript(source: string, { value, units }: FlatWord, from: string, to: string): Edit[] {
  return editsOf(value, from, to).flatMap(({ start, end, text }) =>
    editUnits(source, units.slice(start, end), value.slice(start, end), text),
  );
}

function editUnits(source: string, units: readonly Unit[], from: string, to: string): Edit[] {
  const [first] = units;
  const last = units.at(-1);
  if (first === undefined || last === undefined) return [];
  const text = quote(to, first.quoting);
  const alike = units.every(({ quoting }) => quoting === first.quoting);
  const isWhole = alike || source.slice(first.start, last.end) === quote(from, first.quoting);
  const isConnected = units.every((unit, index) => index === 0 || unit.start === units[index - 1]?.end);
  if (isWhole && (isConnected || !alike)) return [{ start: first.start, end: last.end, text }];
  // Quotes open or close inside of it: they stay where they are.
  return units.map(({ start, end }, index) => ({ start, end, text: index === 0 ? text : '' }));
}

/** Commands that read an argument as a script. */
const SHELLS = new Set(['bash', 'sh', 'dash', 'zsh']);

/** Whether nothing in a word is expanded before the other shell reads it. */
function isVerbatim({ parts = [] }: Word): boolean {
  return parts.every(
    (part) =>
      part.type === 'SingleQuoted' ||
      part.type === 'Literal' ||
      (part.type === 'DoubleQuoted' && part.parts.every(({ type }) => type === 'Literal')),
  );
}

function scriptsOf(command: Command): Word[] {
  const words = command.args.filter((argument) => argument.type === 'Word').filter(isVerbatim);
  const name = command.name?.value.split('/').at(-1) ?? '';
  if (name === 'eval') return words;
  if (!SHELLS.has(name)) return [];
  const option = words.findIndex(({ value }) => /^-[a-z]*c$/.test(value));
  const script = option === -1 ? undefined : words[option + 1];
  return script === undefined ? [] : [script];
}

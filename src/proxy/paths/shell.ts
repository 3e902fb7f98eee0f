import { type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash';
import { placesOf } from './boundary.ts';
import { type FlatWord, flattenDocument, flattenWord, type Unit } from './flat-word.ts';
import { isPlain, quote } from './quote.ts';

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
  if (!command.includes('/')) return command;
  const edits: Edit[] = [];
  const nested = new Set<SyntaxNode>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Command') editScripts(command, node, { from, to }, edits, nested);
    if (node.type === 'Word' && !nested.has(node)) {
      // Inside backquotes a word's positions can be those of its own text.
      if (command.slice(node.pos, node.end) === node.text)
        editFlat(command, flattenWord(command, node), from, to, edits);
    }
    if (node.type === 'HereDoc') {
      const flat = flattenDocument(command, node.body, node.delimiter?.quoted ?? false);
      editFlat(command, flat, from, to, edits);
    }
    if (!nested.has(node)) forEachChild(node, visit);
  };
  visit(parse(command));
  return applied(command, edits);
}

function editFlat(source: string, flat: FlatWord, from: string, to: string, edits: Edit[]): void {
  for (const place of placesOf(flat.value, from)) {
    edits.push(...editUnits(source, flat.units.slice(place, place + from.length), from, to));
  }
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

const SHELLS = new Set(['bash', 'sh', 'dash', 'zsh']);

/** A script handed to another shell is read by both: what needs quotes needs them twice. */
function editScripts(
  source: string,
  command: Command,
  { from, to }: { readonly from: string; readonly to: string },
  edits: Edit[],
  nested: Set<SyntaxNode>,
): void {
  if (isPlain(from) && isPlain(to)) return;
  for (const word of scriptsOf(command)) {
    const quoting = quotingOf(word);
    if (quoting === undefined) continue;
    const { value } = flattenWord(source, word);
    const mark = quoting === 'single' ? "'" : '"';
    const script = replaceRootInCommand(value, from, to);
    nested.add(word);
    if (script === value) continue;
    edits.push({ start: word.pos, end: word.end, text: mark + quote(script, quoting) + mark });
  }
}

/** How a script is quoted as a whole, where nothing in it is expanded before its own shell reads it. */
function quotingOf({ parts = [] }: Word): 'single' | 'double' | undefined {
  const [first, ...others] = parts;
  if (first?.type === 'SingleQuoted') {
    return others.every(({ type }) => type === 'SingleQuoted' || type === 'Literal') ? 'single' : undefined;
  }
  if (first?.type !== 'DoubleQuoted' || others.length > 0) return undefined;
  return first.parts.every(({ type }) => type === 'Literal') ? 'double' : undefined;
}

function scriptsOf(command: Command): Word[] {
  const words = command.args.filter((argument) => argument.type === 'Word');
  const name = command.name?.value.split('/').at(-1) ?? '';
  if (name === 'eval') return words;
  if (!SHELLS.has(name)) return [];
  const option = words.findIndex(({ value }) => /^-[a-z]*c$/.test(value));
  const script = option === -1 ? undefined : words[option + 1];
  return script === undefined ? [] : [script];
}

function applied(source: string, edits: readonly Edit[]): string {
  let result = source;
  for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + text + result.slice(end);
  }
  return result;
}

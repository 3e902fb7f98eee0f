import { parentOf } from './path.ts';
import { Refusal } from './refusal.ts';
import { type NotReplaced, replaceText } from './replace.ts';
import type { EditorRequest } from './request.ts';
import { expandTabs, indentsWithTabs, restoreTabs } from './tabs.ts';
import { plainText, spliceLines, textLines } from './text.ts';
import { numbered } from './view.ts';
import type { Workspace } from './workspace.ts';

/** Lines shown before and behind an edit. */
const SNIPPET_LINES = 4;

export async function create(workspace: Workspace, path: string, request: EditorRequest): Promise<string> {
  const { file_text: text } = request;
  if (text === undefined) throw new Refusal('Parameter `file_text` is required for command: create');
  const parent = parentOf(path);
  if ((await workspace.kind(parent)) === 'missing') {
    throw new Refusal(`The parent directory ${parent} does not exist. Please create it first.`);
  }
  await workspace.write(path, Buffer.from(text));
  return `File created successfully at: ${path}`;
}

export async function replace(workspace: Workspace, path: string, request: EditorRequest): Promise<string> {
  const { old_str: oldText, new_str: newText = '' } = request;
  if (oldText === undefined) throw new Refusal('Parameter `old_str` is required for command: str_replace');
  if (oldText === '')
    throw new Refusal('No replacement was performed, old_str is empty. Use `insert` to add text.');
  const before = await workspace.read(path);
  const result = replaceText(before, oldText, newText);
  if (result.type !== 'replaced')
    throw new Refusal(notReplaced(result, path, viewOf(oldText), viewOf(newText)));
  await workspace.save(path, before, result.file, newText);
  const text = plainText(result.file);
  const first = Math.max(1, result.line - SNIPPET_LINES);
  const last = Math.min(result.line + SNIPPET_LINES + textLines(newText).length - 1, countLines(text));
  const snippet = text
    .split('\n')
    .slice(first - 1, last)
    .map(expandTabs)
    .join('\n');
  return (
    `The file ${path} has been edited. ${numbered(snippet, `a snippet of ${path}`, first)}` +
    'Review the changes and make sure they are as expected. Edit the file again if necessary.'
  );
}

export async function insert(workspace: Workspace, path: string, request: EditorRequest): Promise<string> {
  const { insert_line: line, new_str: newText } = request;
  if (line === undefined) throw new Refusal('Parameter `insert_line` is required for command: insert');
  if (newText === undefined) throw new Refusal('Parameter `new_str` is required for command: insert');
  const before = await workspace.read(path);
  const old = before.lines.map(({ text }) => text);
  if (line < 0 || line > old.length) {
    throw new Refusal(
      `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the file: [0, ${old.length}]`,
    );
  }
  const lines = textLines(newText);
  const added = newText.includes('\t') ? lines : restoreTabs([], lines, indentsWithTabs(old, line, line));
  await workspace.save(path, before, spliceLines(before, line, line, added), newText);
  const first = Math.max(0, line - SNIPPET_LINES);
  const snippet = [...old.slice(first, line), ...added, ...old.slice(line, line + SNIPPET_LINES)];
  return (
    `The file ${path} has been edited. ${numbered(snippet.map(expandTabs).join('\n'), 'a snippet of the edited file', first + 1)}` +
    'Review the changes and make sure they are as expected (correct indentation, no duplicate lines, etc). Edit the file again if necessary.'
  );
}

export async function undo(workspace: Workspace, path: string): Promise<string> {
  const file = await workspace.undo(path);
  return `Last edit to ${path} undone successfully. ${numbered(plainText(file), path)}`;
}

function viewOf(text: string): string {
  return textLines(text).map(expandTabs).join('\n');
}

function notReplaced(result: NotReplaced, path: string, oldText: string, newText: string): string {
  switch (result.type) {
    case 'missing':
      return `No replacement was performed, old_str \`${oldText}\` did not appear verbatim in ${path}.`;
    case 'ambiguous':
      return `No replacement was performed. Multiple occurrences of old_str \`${oldText}\` in lines [${result.lines.join(', ')}]. Please ensure it is unique`;
    case 'same':
      return `No replacement was performed, old_str \`${oldText}\` is the same as new_str \`${newText}\`.`;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: three of them end a line in Python
const SEPARATOR = /[\n\v\f\u001c\u001d\u001e\u0085\u2028\u2029]/;

/** Lines as Python's `str.splitlines` counts them, by which the recorded tool ends its snippet; at least 1. */
function countLines(text: string): number {
  const lines = text.split(SEPARATOR);
  return Math.max(1, lines.length - (lines.at(-1) === '' ? 1 : 0));
}

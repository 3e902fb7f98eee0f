import type { EditorRequest } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import { quote } from '../paths/quote.ts';
import type { EditTool } from '../tools/kit.ts';
import { changeOf, type EditTools, editCall, edited, lastEdit, nextRead, outcomeOf, undone } from './edit.ts';
import { lineOffset, runEditor, uniqueEdit } from './edit-place.ts';
import type { Step, Work } from './history.ts';
import { MOST_READS, readCall, readOn } from './reading.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

const MOST_EDITS = 3;

/**
 * `insert` as an edit of the line that the text goes behind, where the file is known; else as a command, since no
 * client has a tool that inserts by number.
 */
export async function planInsert(
  world: World,
  { read, edit }: EditTools,
  request: EditorRequest,
): Promise<Plan> {
  const { path, insert_line: line, new_str: text } = request;
  if (line === undefined)
    return { type: 'refused', text: 'Parameter `insert_line` is required for command: insert' };
  if (text === undefined)
    return { type: 'refused', text: 'Parameter `new_str` is required for command: insert' };
  const known = world.known.content(world.paths.textToClient(path));
  const call = known === undefined ? undefined : await insertion(world, edit, request, known, 0);
  if (call) return edit.isWhole ? { ...call, id: { ...call.id, kept: request } } : call;
  return edit.isWhole ? readCall(world, read, path, 'insert', 0, {}, request) : command(world, request);
}

export async function progressInsert(
  world: World,
  tools: EditTools,
  request: EditorRequest,
  { steps }: Work,
): Promise<Progress> {
  const [made, reads] = lastChange(world, tools.edit, steps);
  if (steps.at(-1)?.result === undefined) return observed('');
  const isCommand = made?.call.name === world.kit.bash.name;
  const outcome = made && isCommand ? ranQuietly(world, made) : outcomeOf(world, made);
  if (outcome.type === 'other') return observed(world.paths.textToModel(outcome.text));
  const reading = readOn(world, tools.read, reads, 1);
  if (reading.type === 'more' && reads.length < MOST_READS)
    return nextRead(world, tools.read, request.path, steps.length, reads, reading, 'insert');
  if (reading.type === 'missing')
    return observed(`The path ${request.path} does not exist. Please provide a valid path.`);
  const file = world.paths.textToClient(request.path);
  if (reading.type !== 'lines') {
    if (outcome.type !== 'done') return observed(world.paths.textToModel(outcome.text));
    world.known.edited(file, undefined);
    return observed(edited(request.path));
  }
  const content = reading.lines.join('\n');
  if (made && outcome.type === 'done') {
    const befores = isCommand ? withoutLines(content, request) : undone(content, changeOf(tools.edit, made));
    const { output, before } = await inserted(world, request, content, befores);
    world.known.edited(file, before);
    world.known.saw(file, content);
    return observed(output);
  }
  world.known.saw(file, content);
  const tries = steps.filter(({ call }) => call.name === tools.edit.name).length;
  const again =
    tries < MOST_EDITS ? await insertion(world, tools.edit, request, content, steps.length) : undefined;
  return again ?? observed((await runEditor(request, world.paths.textToModel(content))).output);
}

/** The text that a call of ours inserts, in the client's paths. */
export function insertedText(tool: EditTool, step: Step, numbers: readonly number[]): string {
  const [, head = 0, tail = 0, atEnd = 0] = numbers;
  const { new: text } = changeOf(tool, step);
  const added = text.slice(head, text.length - tail);
  return atEnd === 1 ? added.slice(1) : added.slice(0, -1);
}

/** The text in a command that inserts. */
export function textInCommand(script: string): string {
  const match = /<<'(SERA_TEXT_*)'[^\n]*\n([\s\S]*)\n\1\s*$/.exec(script);
  return match?.[2] ?? '';
}

function lastChange(
  world: World,
  tool: EditTool,
  steps: readonly Step[],
): readonly [Step | undefined, readonly Step[]] {
  const first = steps[0];
  if (first?.call.name === world.kit.bash.name) return [first, steps.slice(1)];
  return lastEdit(tool, steps);
}

async function insertion(
  { paths }: World,
  tool: EditTool,
  request: EditorRequest,
  content: string,
  step: number,
): Promise<Extract<Plan, { type: 'call' }> | undefined> {
  const { insert_line: line = 0, new_str: text = '' } = request;
  const { after } = await runEditor({ ...request, new_str: paths.textToClient(text) }, content);
  if (after === undefined) return undefined;
  const atEnd = line === content.split('\n').length;
  const at = atEnd ? content.length : lineOffset(content, line + 1);
  const added = after.slice(at, at + after.length - content.length);
  const edit = uniqueEdit(content, at, at, added);
  if (!edit) return undefined;
  const numbers = [line, edit.head, edit.tail, atEnd ? 1 : 0];
  return editCall(tool, paths.textToClient(request.path), edit, { kind: 'insert', step, numbers });
}

/** Portable, and keeps the file's mode: the text goes over as a here-document that expands nothing. */
function command(
  { kit, paths }: World,
  { path, insert_line: line = 0, new_str: text = '' }: EditorRequest,
): Plan {
  const file = quote(paths.textToClient(path), 'none');
  const added = paths.textToClient(text);
  let mark = 'SERA_TEXT';
  while (added.split('\n').includes(mark)) mark += '_';
  const script = [
    `[ ${line} -le $(($(wc -l < ${file}) + 1)) ] && { head -n ${line} ${file}; cat; tail -n +${line + 1} ${file}; } <<'${mark}' > ${file}.sera && cat ${file}.sera > ${file} && rm ${file}.sera || echo 'The file has no line ${line}.'`,
    added,
    mark,
    '',
  ].join('\n');
  const input = { [kit.bash.command]: script, ...kit.bash.extra };
  return { type: 'call', name: kit.bash.name, input, id: { kind: 'insert', step: 0, numbers: [line] } };
}

function ranQuietly(
  { kit }: World,
  { result }: Step,
): { type: 'done' } | { type: 'mismatch' | 'other'; text: string } {
  const text = textOf(result?.parts ?? []);
  const ran = kit.results.command(text, result?.failed ?? false);
  if (ran.type !== 'ran') return { type: 'other', text: ran.type === 'other' ? ran.text : ran.output };
  return ran.output.trim() === '' && (ran.exitCode ?? 0) === 0
    ? { type: 'done' }
    : { type: 'mismatch', text: ran.output };
}

async function inserted(
  { paths }: World,
  request: EditorRequest,
  after: string,
  befores: Iterable<string>,
): Promise<{ readonly output: string; readonly before: string | undefined }> {
  const shown = paths.textToModel(after);
  for (const before of befores) {
    const outcome = await runEditor(request, paths.textToModel(before));
    if (outcome.after === shown) return { output: outcome.output, before };
  }
  return { output: edited(request.path), before: undefined };
}

function* withoutLines(
  after: string,
  { insert_line: line = 0, new_str: text = '' }: EditorRequest,
): Generator<string> {
  const lines = after.split('\n');
  const count = text.split('\n').length;
  yield [...lines.slice(0, line), ...lines.slice(line + count)].join('\n');
}

import { type EditorRequest, expandTabs } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import type { EditTool, ReadTool } from '../tools/kit.ts';
import type { EditResult } from '../tools/results.ts';
import { runEditor, uniqueChange } from './edit-place.ts';
import type { Step, Work } from './history.ts';
import { MOST_READS, type Reading, readCall, readOn } from './reading.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

/** The tools that an edit needs. */
export interface EditTools {
  readonly read: ReadTool;
  readonly edit: EditTool;
}

/** An edit as the client is asked for it. */
interface Change {
  readonly old: string;
  readonly new: string;
  /** Whether the model wrote spaces where the file has tabs. */
  readonly viewed?: boolean;
}

/** Edits asked of the client for one call of the model. */
const MOST_EDITS = 3;

/**
 * `str_replace` as the client's edit. Texts go over as the model wrote them, in the client's paths; where the file is
 * known, as the file has them: with its tabs, or with a `/testbed` that it really holds.
 */
export async function planReplace(
  world: World,
  { read, edit }: EditTools,
  request: EditorRequest,
): Promise<Plan> {
  const { path, old_str: old, new_str: text = '' } = request;
  if (old === undefined)
    return { type: 'refused', text: 'Parameter `old_str` is required for command: str_replace' };
  if (old === '')
    return {
      type: 'refused',
      text: 'No replacement was performed, old_str is empty. Use `insert` to add text.',
    };
  const file = world.paths.textToClient(path);
  const known = world.known.content(file);
  const fitted = known === undefined ? undefined : await fitting(world, edit, request, known);
  if (edit.isWhole) {
    const id = { kind: 'replace', step: 0, numbers: [], kept: request } as const;
    return fitted ? editCall(edit, file, fitted, id) : readCall(world, read, path, 'replace', 0, {}, request);
  }
  const change: Change = fitted ?? {
    old: world.paths.textToClient(old),
    new: world.paths.textToClient(text),
  };
  if (change.old === change.new)
    return {
      type: 'refused',
      text: `No replacement was performed, old_str \`${old}\` is the same as new_str \`${text}\`.`,
    };
  return editCall(edit, file, change, { kind: 'replace', step: 0, numbers: change.viewed ? [1] : [] });
}

/** After an edit the file is read, so that the model sees it as it now is; after one that failed, to see why. */
export async function progressReplace(
  world: World,
  tools: EditTools,
  request: EditorRequest,
  { steps }: Work,
): Promise<Progress> {
  const [edit, reads] = lastEdit(tools.edit, steps);
  if (steps.at(-1)?.result === undefined) return observed('');
  const outcome = outcomeOf(world, edit);
  if (outcome.type === 'other') return observed(world.paths.textToModel(outcome.text));
  const reading = readOn(world, tools.read, reads, 1);
  if (reading.type === 'more' && reads.length < MOST_READS)
    return nextRead(world, tools.read, request.path, steps.length, reads, reading, 'replace');
  const file = world.paths.textToClient(request.path);
  if (outcome.type === 'done') {
    if (!edit || reading.type !== 'lines') {
      world.known.edited(file, undefined);
      return observed(edited(request.path));
    }
    const after = reading.lines.join('\n');
    const { output, before } = await replaced(world, request, after, changeOf(tools.edit, edit));
    world.known.edited(file, before);
    world.known.saw(file, after);
    return observed(output);
  }
  if (reading.type === 'missing')
    return observed(`The path ${request.path} does not exist. Please provide a valid path.`);
  if (reading.type === 'directory')
    return observed(
      `The path ${request.path} is a directory and only the \`view\` command can be used on directories`,
    );
  if (reading.type !== 'lines') return observed(world.paths.textToModel(outcome.text));
  const before = reading.lines.join('\n');
  world.known.saw(file, before);
  const edits = steps.filter(({ call }) => call.name === tools.edit.name).length;
  const change = edits < MOST_EDITS ? await fitting(world, tools.edit, request, before) : undefined;
  if (change) return editCall(tools.edit, file, change, { kind: 'replace', step: steps.length, numbers: [] });
  const { output, after } = await runEditor(request, world.paths.textToModel(before));
  return observed(after === undefined ? output : world.paths.textToModel(outcome.text));
}

/** What came of an edit; one that has not been made yet wants to see the file first. */
export function outcomeOf({ kit }: World, edit: Step | undefined): EditResult {
  if (!edit) return { type: 'mismatch', text: '' };
  return kit.results.edit(textOf(edit.result?.parts ?? []), edit.result?.failed ?? false);
}

/** The first read of an edited file asks for all of it; a client may show no more than a part. */
export function nextRead(
  world: World,
  tool: ReadTool,
  path: string,
  step: number,
  reads: readonly Step[],
  { first, limit }: Extract<Reading, { type: 'more' }>,
  kind: 'replace' | 'insert' | 'undo',
): Extract<Plan, { type: 'call' }> {
  return readCall(world, tool, path, kind, step, reads.length === 0 ? {} : { first, limit });
}

/** The last edit, and what was read since. */
export function lastEdit(
  tool: EditTool,
  steps: readonly Step[],
): readonly [Step | undefined, readonly Step[]] {
  const place = steps.findLastIndex(({ call }) => call.name === tool.name);
  return [steps[place], steps.slice(place + 1)];
}

export function changeOf(tool: EditTool, { call }: Step): Change {
  return { old: String(call.input[tool.old] ?? ''), new: String(call.input[tool.new] ?? '') };
}

export function editCall(
  tool: EditTool,
  file: string,
  change: Change,
  id: Extract<Plan, { type: 'call' }>['id'],
): Extract<Plan, { type: 'call' }> {
  const input = { [tool.path]: file, [tool.old]: change.old, [tool.new]: change.new };
  return { type: 'call', name: tool.name, input, id };
}

export function edited(path: string): string {
  return `The file ${path} has been edited. Review the changes and make sure they are as expected. Edit the file again if necessary.`;
}

/** The change that the model means, in the file's own text; undefined where the editor would refuse it. */
async function fitting(
  { paths }: World,
  tool: EditTool,
  request: EditorRequest,
  content: string,
): Promise<Change | undefined> {
  const { old_str: old = '', new_str: text = '' } = request;
  const mapped = { old: paths.textToClient(old), new: paths.textToClient(text) };
  for (const change of [mapped, { old, new: text }]) {
    const { after } = await runEditor({ ...request, old_str: change.old, new_str: change.new }, content);
    if (after === undefined) continue;
    if (tool.isWhole) return uniqueChange(content, after);
    if (content.includes(change.old) && content.replace(change.old, () => change.new) === after)
      return change;
    return asViewed(content, after, change.old);
  }
  return undefined;
}

/** What the editor says of an edit that has been made; the file before it is known, or what the edit undoes. */
async function replaced(
  world: World,
  request: EditorRequest,
  after: string,
  change: Change,
): Promise<{ readonly output: string; readonly before: string | undefined }> {
  const { paths } = world;
  const known = world.known.content(paths.textToClient(request.path));
  const shown = paths.textToModel(after);
  for (const before of [...(known === undefined ? [] : [known]), ...undone(after, change)]) {
    const outcome = await runEditor(request, paths.textToModel(before));
    if (outcome.after === shown) return { output: outcome.output, before };
  }
  return { output: edited(request.path), before: undefined };
}

/**
 * The change of a model that knows the file by its view, where tabs are spaces: the lines that it named, as the file
 * has them.
 */
function asViewed(content: string, after: string, old: string): Change | undefined {
  const lines = content.split('\n');
  const view = lines.map(expandTabs).join('\n');
  const place = view.indexOf(old.split('\n').map(expandTabs).join('\n'));
  if (place === -1) return uniqueChange(content, after);
  const first = view.slice(0, place).split('\n').length - 1;
  const count = old.split('\n').length;
  const added = after.split('\n').length - lines.length;
  const change = {
    old: lines.slice(first, first + count).join('\n'),
    new: after
      .split('\n')
      .slice(first, first + count + added)
      .join('\n'),
  };
  const isExact =
    content.split(change.old).length === 2 && content.replace(change.old, () => change.new) === after;
  return isExact ? { ...change, viewed: true } : uniqueChange(content, after);
}

const MOST_PLACES = 64;

/** Every text that an edit may have made into this one. */
export function* undone(after: string, change: Change): Generator<string> {
  if (change.new === '') return;
  let places = 0;
  for (let at = after.indexOf(change.new); at !== -1; at = after.indexOf(change.new, at + 1)) {
    yield after.slice(0, at) + change.old + after.slice(at + change.new.length);
    places += 1;
    if (places === MOST_PLACES) return;
  }
}

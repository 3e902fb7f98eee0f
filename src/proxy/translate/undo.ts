import { type EditorRequest, numbered } from '../../agent/index.ts';
import type { EditTool } from '../tools/kit.ts';
import { changeOf, type EditTools, editCall, lastEdit, nextRead, outcomeOf } from './edit.ts';
import { uniqueChange } from './edit-place.ts';
import type { Step, Work } from './history.ts';
import { MOST_READS, readOn } from './reading.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

/**
 * Takes the last edit of a file back: to what the file was before, where that was seen; else by the client's own edit
 * with its texts exchanged.
 */
export function planUndo(
  world: World,
  { edit }: EditTools,
  request: EditorRequest,
  works: readonly Work[],
): Plan {
  const file = world.paths.textToClient(request.path);
  const before = world.known.beforeEdit(file);
  if (!before) return { type: 'refused', text: `No edit history found for ${request.path}.` };
  const now = world.known.content(file);
  const change =
    before.content !== undefined && now !== undefined
      ? uniqueChange(now, before.content)
      : exchanged(world, edit, file, works);
  if (!change || change.old === '') return { type: 'refused', text: unknownPlace(request.path) };
  return editCall(edit, file, change, { kind: 'undo', step: 0, numbers: [] });
}

function unknownPlace(path: string): string {
  return `The last edit of ${path} cannot be undone, since it is not known where the text stood that it took away: put it back with \`insert\`.`;
}

function exchanged(
  world: World,
  edit: EditTool,
  file: string,
  works: readonly Work[],
): { readonly old: string; readonly new: string } | undefined {
  if (edit.isWhole) return undefined;
  const last = lastOf(works, edit, file, (step) => {
    return step.result !== undefined && outcomeOf(world, step).type === 'done';
  });
  const change = last && changeOf(edit, last);
  return change && { old: change.new, new: change.old };
}

export async function progressUndo(
  world: World,
  tools: EditTools,
  request: EditorRequest,
  { steps }: Work,
): Promise<Progress> {
  const [edit, reads] = lastEdit(tools.edit, steps);
  if (edit?.result === undefined) return observed('');
  const outcome = outcomeOf(world, edit);
  if (outcome.type !== 'done') return observed(world.paths.textToModel(outcome.text));
  const reading = readOn(world, tools.read, reads, 1);
  if (reading.type === 'more' && reads.length < MOST_READS)
    return nextRead(world, tools.read, request.path, steps.length, reads, reading, 'undo');
  const file = world.paths.textToClient(request.path);
  world.known.undone(file);
  const done = `Last edit to ${request.path} undone successfully.`;
  if (reading.type !== 'lines') return observed(done);
  const content = reading.lines.join('\n');
  world.known.saw(file, content);
  return observed(`${done} ${numbered(world.paths.textToModel(content), request.path)}`);
}

/** The edit that was made last and not taken back: an edit and its undoing take each other away. */
function lastOf(
  works: readonly Work[],
  tool: EditTool,
  file: string,
  isDone: (step: Step) => boolean,
): Step | undefined {
  const made: Step[] = [];
  for (const step of works.flatMap(({ steps }) => steps)) {
    if (step.call.name !== tool.name || step.call.input[tool.path] !== file || !isDone(step)) continue;
    if (step.id?.kind === 'undo') made.pop();
    else made.push(step);
  }
  return made.at(-1);
}

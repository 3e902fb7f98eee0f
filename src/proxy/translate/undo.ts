import { type EditorRequest, numbered } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import type { EditTool } from '../tools/kit.ts';
import { changeOf, type EditTools, editCall, lastEdit, nextRead } from './edit.ts';
import type { Step, Work } from './history.ts';
import { MOST_READS, readOn } from './reading.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

/** Takes the last edit of a file back: the client's own edit with its texts exchanged. */
export function planUndo(
  { kit, paths }: World,
  { edit }: EditTools,
  request: EditorRequest,
  works: readonly Work[],
): Plan {
  const file = paths.textToClient(request.path);
  const last = lastOf(works, edit, file, (step) => {
    const { result } = step;
    return result !== undefined && kit.results.edit(textOf(result.parts), result.failed).type === 'done';
  });
  if (!last) return { type: 'refused', text: `No edit history found for ${request.path}.` };
  const change = changeOf(edit, last);
  // Where deleted text stood, the edit does not say.
  if (change.new === '') return { type: 'refused', text: `No edit history found for ${request.path}.` };
  return editCall(edit, file, { old: change.new, new: change.old }, { kind: 'undo', step: 0, numbers: [] });
}

export async function progressUndo(
  world: World,
  tools: EditTools,
  request: EditorRequest,
  { steps }: Work,
): Promise<Progress> {
  const [edit, reads] = lastEdit(tools.edit, steps);
  if (edit?.result === undefined) return observed('');
  const outcome = world.kit.results.edit(textOf(edit.result.parts), edit.result.failed);
  if (outcome.type !== 'done') return observed(world.paths.textToModel(outcome.text));
  const reading = readOn(world, tools.read, reads, 1);
  if (reading.type === 'more' && reads.length < MOST_READS)
    return nextRead(world, tools.read, request.path, steps.length, reads, reading, 'undo');
  const done = `Last edit to ${request.path} undone successfully.`;
  if (reading.type !== 'lines') return observed(done);
  const content = reading.lines.join('\n');
  world.known.saw(world.paths.textToClient(request.path), content);
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

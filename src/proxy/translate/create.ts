import type { EditorRequest } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import type { WriteTool } from '../tools/kit.ts';
import type { Work } from './history.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

export function planCreate({ paths, known }: World, tool: WriteTool, request: EditorRequest): Plan {
  const { path, file_text: text } = request;
  if (text === undefined)
    return { type: 'refused', text: 'Parameter `file_text` is required for command: create' };
  const file = paths.textToClient(path);
  // The model's editor never overwrites; clients do.
  if (known.isPresent(file)) return { type: 'refused', text: exists(path) };
  const input = { [tool.path]: file, [tool.content]: paths.textToClient(text) };
  return { type: 'call', name: tool.name, input, id: { kind: 'create', step: 0, numbers: [] } };
}

export function progressCreate(
  { kit, paths, known }: World,
  request: EditorRequest,
  { steps }: Work,
): Progress {
  const result = steps[0]?.result;
  if (result === undefined) return observed('');
  const outcome = kit.results.write(textOf(result.parts), result.failed);
  if (outcome.type === 'exists') return observed(exists(request.path));
  if (outcome.type === 'other') return observed(paths.textToModel(outcome.text));
  known.saw(paths.textToClient(request.path), paths.textToClient(request.file_text ?? ''));
  return observed(`File created successfully at: ${request.path}`);
}

function exists(path: string): string {
  return `File already exists at: ${path}. Cannot overwrite files using command \`create\`.`;
}

import type { EditorRequest } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import type { ReadTool, ToolKit, WriteTool } from '../tools/kit.ts';
import type { Work } from './history.ts';
import { readCall, readResult } from './reading.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

/** The model's editor never writes over a file; nor do most clients, and one that does is first asked for the file. */
export function planCreate(world: World, { read }: ToolKit, tool: WriteTool, request: EditorRequest): Plan {
  const { path, file_text: text } = request;
  if (text === undefined)
    return { type: 'refused', text: 'Parameter `file_text` is required for command: create' };
  if (world.known.isPresent(world.paths.textToClient(path))) return { type: 'refused', text: exists(path) };
  if (tool.overwrites && read) return readCall(world, read, path, 'create', 0, ONE_LINE, request);
  return writeCall(world, tool, request, 0);
}

const ONE_LINE = { first: 1, limit: 1 };

export function progressCreate(
  world: World,
  read: ReadTool | undefined,
  tool: WriteTool,
  request: EditorRequest,
  { steps }: Work,
): Progress {
  const { kit, paths, known } = world;
  const last = steps.at(-1);
  if (last?.result === undefined) return observed('');
  if (read && last.call.name === read.name) {
    const seen = readResult(world, read, last);
    if (seen.type === 'missing') return writeCall(world, tool, request, steps.length);
    return observed(seen.type === 'other' ? paths.textToModel(seen.text) : exists(request.path));
  }
  const outcome = kit.results.write(textOf(last.result.parts), last.result.failed);
  if (outcome.type === 'exists') return observed(exists(request.path));
  if (outcome.type === 'other') return observed(paths.textToModel(outcome.text));
  known.saw(paths.textToClient(request.path), paths.textToClient(request.file_text ?? ''));
  return observed(`File created successfully at: ${request.path}`);
}

function writeCall(
  { paths }: World,
  tool: WriteTool,
  { path, file_text: text = '' }: EditorRequest,
  step: number,
): Extract<Plan, { type: 'call' }> {
  const input = { [tool.path]: paths.textToClient(path), [tool.content]: paths.textToClient(text) };
  return { type: 'call', name: tool.name, input, id: { kind: 'create', step, numbers: [] } };
}

function exists(path: string): string {
  return `File already exists at: ${path}. Cannot overwrite files using command \`create\`.`;
}

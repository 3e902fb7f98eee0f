import { type EditorRequest, editorRequest, expandTabs, timedOut } from '../../agent/index.ts';
import { textOf } from '../conversation.ts';
import { quote, unquote } from '../paths/quote.ts';
import { COMMAND_SECONDS, progressCommand } from './command.ts';
import { planCreate, progressCreate } from './create.ts';
import type { EditTools } from './edit.ts';
import { planReplace, progressReplace } from './edit.ts';
import type { Step, Work } from './history.ts';
import { insertedText, planInsert, progressInsert, textInCommand } from './insert.ts';
import { rangeOf } from './reading.ts';
import { planUndo, progressUndo } from './undo.ts';
import { listedFolder, planView, progressView } from './view.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

/** A call in the model's own tools. */
export type ModelToolCall =
  | { readonly tool: 'bash'; readonly command: string }
  | { readonly tool: 'str_replace_editor'; readonly request: EditorRequest }
  /** A tool of the client's that the model is given as it is, or one of another model's. */
  | { readonly tool: 'other'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** The arguments in the order in which models are trained to write them. */
export function argumentsOf(call: ModelToolCall): object {
  switch (call.tool) {
    case 'bash':
      return { command: call.command };
    case 'str_replace_editor':
      return call.request;
    case 'other':
      return call.input;
  }
}

/** What the client is asked to do for a call of the model. */
export async function plan(
  world: World,
  tool: string,
  given: Readonly<Record<string, unknown>>,
  works: readonly Work[],
): Promise<Plan> {
  const { kit, paths } = world;
  if (tool === 'bash') {
    const folder = kit.bash.staysInFolder ? undefined : world.shell.moved;
    const command = paths.commandToClient(String(given.command));
    const start = folder === undefined ? '' : `cd ${quote(paths.textToClient(folder), 'none')}\n`;
    const input = { [kit.bash.command]: start + command, ...kit.bash.extra };
    const numbers = folder === undefined ? [] : [1];
    return { type: 'call', name: kit.bash.name, input, id: { kind: 'bash', step: 0, numbers } };
  }
  const request = editorRequest.parse(given);
  const { command, path } = request;
  if (!path.startsWith('/')) {
    const guess = path === '.' ? '/testbed' : `/testbed/${path}`;
    return {
      type: 'refused',
      text: `The path ${path} is not an absolute path, it should start with \`/\`. Maybe you meant ${guess}?`,
    };
  }
  if (command === 'view') return kit.read ? planView(world, kit.read, request) : lacking('view');
  if (command === 'create') return kit.write ? planCreate(world, kit, kit.write, request) : lacking('create');
  const tools = editTools(world);
  if (tools === undefined) return lacking(command);
  if (command === 'str_replace') return planReplace(world, tools, request);
  if (command === 'insert') return planInsert(world, tools, request);
  if (command === 'undo_edit') return planUndo(world, tools, request, works);
  return {
    type: 'refused',
    text: `Unrecognized command ${command}. The allowed commands for the str_replace_editor tool are: "view", "create", "str_replace", "insert", "undo_edit"`,
  };
}

/** What has come of a call until now. */
export async function progress(world: World, call: ModelToolCall, work: Work): Promise<Progress> {
  const { kit, paths } = world;
  if (call.tool === 'bash') return commandOutput(world, call.command, work.steps);
  if (call.tool === 'other') return observed(paths.textToModel(resultText(work.steps[0])));
  const { request } = call;
  const tools = editTools(world);
  switch (request.command) {
    case 'view':
      if (kit.read) return progressView(world, kit.read, request, work);
      break;
    case 'create':
      if (kit.write) return progressCreate(world, kit.read, kit.write, request, work);
      break;
    case 'str_replace':
      if (tools) return progressReplace(world, tools, request, work);
      break;
    case 'insert':
      if (tools) return progressInsert(world, tools, request, work);
      break;
    case 'undo_edit':
      if (tools) return progressUndo(world, tools, request, work);
  }
  return observed(paths.textToModel(resultText(work.steps.at(-1))));
}

/** Reads a client's call as the call of the model that it was, or would have been. */
export function modelCall(world: World, { call, id }: Step): ModelToolCall {
  const { kit, paths } = world;
  const { name, input } = call;
  const editor = (request: EditorRequest): ModelToolCall => ({ tool: 'str_replace_editor', request });
  if (id?.kept) return editor(id.kept);
  const path = (tool: { readonly path: string }): string => paths.textToModel(String(input[tool.path] ?? ''));
  if (name === kit.bash.name) return commandCall(world, String(input[kit.bash.command] ?? ''), id);
  if (name === kit.read?.name) {
    const { first, limit } = rangeOf(kit.read, input);
    const start = first ?? 1;
    const range =
      first === undefined && limit === undefined
        ? {}
        : { view_range: [start, limit === undefined ? -1 : start + limit - 1] };
    return editor({ command: 'view', path: path(kit.read), ...range });
  }
  if (name === kit.write?.name)
    return editor({
      command: 'create',
      path: path(kit.write),
      file_text: paths.textToModel(String(input[kit.write.content] ?? '')),
    });
  if (name === kit.edit?.name) {
    const file = path(kit.edit);
    if (id?.kind === 'undo') return editor({ command: 'undo_edit', path: file });
    if (id?.kind === 'insert') {
      const text = paths.textToModel(insertedText(kit.edit, { call, id, result: undefined }, id.numbers));
      return editor({ command: 'insert', path: file, insert_line: id.numbers[0] ?? 0, new_str: text });
    }
    const asWritten = (key: string): string => {
      const text = paths.textToModel(String(input[key] ?? ''));
      return id?.numbers[0] === 1 ? text.split('\n').map(expandTabs).join('\n') : text;
    };
    const [old_str, new_str] = [asWritten(kit.edit.old), asWritten(kit.edit.new)];
    return editor({ command: 'str_replace', path: file, old_str, new_str });
  }
  return { tool: 'other', name, input: mapped(input, paths.textToModel) };
}

/** A call's input with all of its texts changed. */
export function mapped(
  input: Readonly<Record<string, unknown>>,
  change: (text: string) => string,
): Record<string, unknown> {
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return change(value);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, visit(one)]));
  };
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, visit(value)]));
}

export function resultText(step: Step | undefined): string {
  return step?.result === undefined ? NO_RESULT : textOf(step.result.parts);
}

const NO_RESULT = 'The call was interrupted before it had a result.';

function commandCall(world: World, command: string, id: Step['id']): ModelToolCall {
  const { paths } = world;
  const folder = id?.kind === 'view' ? listedFolder(command) : undefined;
  if (folder !== undefined)
    return { tool: 'str_replace_editor', request: { command: 'view', path: paths.textToModel(folder) } };
  if (id?.kind === 'insert') {
    const file = unquote(/tail -n \+\d+ ((?:\\.|[^\s\\;])+); \}/.exec(command)?.[1] ?? '');
    const text = paths.textToModel(textInCommand(command));
    const request = {
      command: 'insert',
      path: paths.textToModel(file),
      insert_line: id.numbers[0] ?? 0,
      new_str: text,
    };
    return { tool: 'str_replace_editor', request };
  }
  // A first line of the proxy's own says where to begin.
  const own = id?.kind === 'bash' && id.numbers[0] === 1 ? command.slice(command.indexOf('\n') + 1) : command;
  return { tool: 'bash', command: paths.commandToModel(own) };
}

function commandOutput(world: World, command: string, steps: readonly Step[]): Progress {
  const { paths, known, shell } = world;
  known.ranCommand(command);
  if (steps[0]?.result === undefined) return observed(NO_RESULT);
  const result = progressCommand(world, steps);
  if (result.type === 'call') return result;
  if (result.type === 'other') return observed(paths.textToModel(result.text));
  const output = paths.textToModel(result.output);
  if (result.type === 'timed-out') return observed(timedOut(COMMAND_SECONDS, output));
  shell.ran(command, output);
  return observed(output);
}

function editTools({ kit: { read, edit } }: World): EditTools | undefined {
  return read && edit && { read, edit };
}

function lacking(command: string): Plan {
  return { type: 'refused', text: `The command \`${command}\` is not available here; use \`bash\`.` };
}

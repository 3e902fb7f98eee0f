import { type EditorRequest, numbered, openEditor } from '../../agent/index.ts';
import { TESTBED } from '../../sandbox/index.ts';
import { textOf } from '../conversation.ts';
import { quote, unquote } from '../paths/quote.ts';
import type { ReadTool } from '../tools/kit.ts';
import type { Step, Work } from './history.ts';
import { memoryFiles } from './memory-files.ts';
import { MOST_READS, type Reading, readCall, readOn } from './reading.ts';
import { observed, type Plan, type Progress, type World } from './world.ts';

export function planView(world: World, tool: ReadTool, request: EditorRequest): Plan {
  const { path } = request;
  if (path === TESTBED || path.endsWith('/')) return listCall(world, path, 0);
  const [first, last] = request.view_range ?? [];
  if (first === undefined || last === undefined) return readCall(world, tool, path, 'view', 0);
  if (first < 1 || (last !== -1 && last < first)) return { type: 'refused', text: badRange(first, last) };
  const limit = last === -1 ? {} : { limit: last - first + 1 };
  return readCall(world, tool, path, 'view', 0, { first, ...limit });
}

/** The words of the editor where it need not know the file. */
function badRange(first: number, last: number): string {
  return first < 1
    ? `Invalid \`view_range\`: [${first}, ${last}]. Its first element \`${first}\` should be at least 1`
    : `Invalid \`view_range\`: [${first}, ${last}]. Its second element \`${last}\` should be larger or equal than its first \`${first}\``;
}

export async function progressView(
  world: World,
  tool: ReadTool,
  request: EditorRequest,
  { steps }: Work,
): Promise<Progress> {
  const { path } = request;
  const listing = steps.find(({ call }) => call.name === world.kit.bash.name);
  if (listing) return observed(await showListing(world, path, listing));
  const [first, last] = request.view_range ?? [];
  const start = first ?? 1;
  const wanted = first === undefined || last === undefined || last === -1 ? undefined : last - first + 1;
  const reading = readPart(world, tool, steps, start, wanted);
  switch (reading.type) {
    case 'directory':
      return listCall(world, path, steps.length);
    case 'more':
      if (steps.length < MOST_READS)
        return readCall(world, tool, path, 'view', steps.length, {
          first: reading.first,
          limit: reading.limit,
        });
      return observed(`The file ${path} is too long to be shown.`);
    case 'missing':
      return observed(`The path ${path} does not exist. Please provide a valid path.`);
    case 'past-end':
      return observed(await ofBlankFile(request, reading.lines));
    case 'other':
      return observed(world.paths.textToModel(reading.text));
    case 'lines':
      return observed(await showLines(world, request, reading.lines, { start, wanted }));
  }
}

/** A range is there when its lines are; a whole file when its end is. */
function readPart(
  world: World,
  tool: ReadTool,
  steps: readonly Step[],
  start: number,
  wanted: number | undefined,
): Reading {
  const reading = readOn(world, tool, steps, start);
  if (wanted === undefined || reading.type !== 'more') return reading;
  const missing = wanted - reading.lines.length;
  if (missing > 0) return { ...reading, limit: Math.min(reading.limit, missing) };
  return { type: 'lines', lines: reading.lines, end: false };
}

async function showLines(
  { paths, known }: World,
  request: EditorRequest,
  lines: readonly string[],
  { start, wanted }: { readonly start: number; readonly wanted: number | undefined },
): Promise<string> {
  const content = lines.join('\n');
  const text = paths.textToModel(content);
  if (request.view_range === undefined) {
    known.saw(paths.textToClient(request.path), content);
    return openEditor(memoryFiles({ type: 'file', path: request.path, content: text })).execute(request);
  }
  // One line more than there is: the file's end is known, and the editor's words for it.
  if (wanted !== undefined && lines.length < wanted) return ofBlankFile(request, start - 1 + lines.length);
  return numbered(text.split('\n').slice(0, wanted).join('\n'), request.path, start);
}

/** What the editor says of a range that lies outside of a file with so many lines. */
function ofBlankFile(request: EditorRequest, lines: number): Promise<string> {
  const content = '\n'.repeat(Math.max(0, lines - 1));
  return openEditor(memoryFiles({ type: 'file', path: request.path, content })).execute(request);
}

/** Two levels without hidden entries, wherever the folder itself stands. */
function listCall({ kit, paths }: World, path: string, step: number): Extract<Plan, { type: 'call' }> {
  const folder = quote(paths.textToClient(path.length > 1 ? path.replace(/\/+$/, '') : path), 'none');
  const command = `find ${folder} -mindepth 1 -maxdepth 2 -name '.*' -prune -o -print | LC_ALL=C sort`;
  return {
    type: 'call',
    name: kit.bash.name,
    input: { [kit.bash.command]: command, ...kit.bash.extra },
    id: { kind: 'view', step, numbers: [] },
  };
}

/** The folder that a listing was made of, in the client's world. */
export function listedFolder(command: string): string | undefined {
  const folder = /^find ((?:\\.|[^\s\\])+) -mindepth 1 -maxdepth 2 /.exec(command)?.[1];
  return folder && unquote(folder);
}

async function showListing({ kit, paths }: World, path: string, { result }: Step): Promise<string> {
  const listed = result && kit.results.command(textOf(result.parts), result.failed);
  if (listed?.type !== 'ran') return paths.textToModel(listed?.type === 'other' ? listed.text : '');
  if (/^find: .*No such file or directory$/m.test(listed.output))
    return `The path ${path} does not exist. Please provide a valid path.`;
  const entries = paths
    .textToModel(listed.output)
    .split('\n')
    .filter((entry) => entry !== '');
  const folder = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const files = memoryFiles({ type: 'directory', path: folder, entries: [folder, ...entries] });
  return openEditor(files).execute({ command: 'view', path: folder });
}

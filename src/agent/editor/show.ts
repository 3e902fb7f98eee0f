import { isLonger } from '../clip.ts';
import { outline } from './outline.ts';
import { Refusal } from './refusal.ts';
import type { EditorRequest } from './request.ts';
import { plainText } from './text.ts';
import { clipView, numbered, VIEW_LIMIT } from './view.ts';
import type { Workspace } from './workspace.ts';

export async function showDirectory(
  workspace: Workspace,
  path: string,
  request: EditorRequest,
): Promise<string> {
  if (request.view_range?.length) {
    throw new Refusal('The `view_range` parameter is not allowed when `path` points to a directory.');
  }
  const listing = clipView((await workspace.list(path, 2)).join('\n'));
  return `Here's the files and directories up to 2 levels deep in ${path}, excluding hidden items:\n${listing}\n\n`;
}

/** A file, the lines of it that were asked for, or its outline where it is long. */
export async function showFile(workspace: Workspace, path: string, request: EditorRequest): Promise<string> {
  const text = plainText(await workspace.read(path));
  if (request.view_range?.length) {
    const lines = text.split('\n');
    const [first, last] = checkedRange(request.view_range, lines.length);
    return numbered(lines.slice(first - 1, last).join('\n'), path, first);
  }
  const abbreviated = isLonger(text, VIEW_LIMIT) ? await outline(path, text) : undefined;
  return abbreviated ?? numbered(text, path);
}

function checkedRange(range: readonly number[], lines: number): readonly [number, number] {
  const [first, last] = range;
  if (first === undefined || last === undefined || range.length !== 2) {
    throw new Refusal('Invalid `view_range`. It should be a list of two integers.');
  }
  const invalid = `Invalid \`view_range\`: [${first}, ${last}].`;
  if (first < 1 || first > lines) {
    throw new Refusal(
      `${invalid} Its first element \`${first}\` should be within the range of lines of the file: [1, ${lines}]`,
    );
  }
  if (last > lines) {
    throw new Refusal(
      `${invalid} Its second element \`${last}\` should be smaller than the number of lines in the file: \`${lines}\``,
    );
  }
  if (last !== -1 && last < first) {
    throw new Refusal(
      `${invalid} Its second element \`${last}\` should be larger or equal than its first \`${first}\``,
    );
  }
  return [first, last === -1 ? lines : last];
}

import type { SandboxFiles } from '../../sandbox/index.ts';
import { create, insert, replace, undo } from './edit.ts';
import { absolutePath, plainPath } from './path.ts';
import { Refusal } from './refusal.ts';
import type { EditorRequest } from './request.ts';
import { showDirectory, showFile } from './show.ts';
import { Workspace } from './workspace.ts';

/** The tool `str_replace_editor` of one rollout. */
export interface Editor {
  /** Does what is asked, or says why not: what comes back is the tool's output without its last newline. */
  execute(request: EditorRequest): Promise<string>;
}

/**
 * Opens an editor over a sandbox's files. Its answers are those of SWE-agent's `edit_anthropic` to the byte, except
 * that a file keeps its tabs, its line ends and its encoding, and that `undo_edit` works.
 */
export function openEditor(files: SandboxFiles): Editor {
  const workspace = new Workspace(files);
  return {
    async execute(request) {
      try {
        return await execute(workspace, plainPath(request.path), request);
      } catch (error) {
        if (error instanceof Refusal) return error.message;
        throw error;
      }
    },
  };
}

async function execute(workspace: Workspace, path: string, request: EditorRequest): Promise<string> {
  const isDirectory = await checkPath(workspace, path, request.command);
  switch (request.command) {
    case 'view':
      return (isDirectory ? showDirectory : showFile)(workspace, path, request);
    case 'create':
      return create(workspace, path, request);
    case 'str_replace':
      return replace(workspace, path, request);
    case 'insert':
      return insert(workspace, path, request);
    case 'undo_edit':
      return undo(workspace, path);
    default:
      throw new Refusal(
        `Unrecognized command ${request.command}. The allowed commands for the str_replace_editor tool are: "view", "create", "str_replace", "insert", "undo_edit"`,
      );
  }
}

async function checkPath(workspace: Workspace, path: string, command: string): Promise<boolean> {
  if (!path.startsWith('/')) {
    throw new Refusal(
      `The path ${path} is not an absolute path, it should start with \`/\`. Maybe you meant ${absolutePath(path)}?`,
    );
  }
  const kind = await workspace.kind(path);
  if (kind === 'missing' && command !== 'create') {
    throw new Refusal(`The path ${path} does not exist. Please provide a valid path.`);
  }
  if (kind !== 'missing' && command === 'create') {
    throw new Refusal(`File already exists at: ${path}. Cannot overwrite files using command \`create\`.`);
  }
  if (kind === 'directory' && command !== 'view') {
    throw new Refusal(
      `The path ${path} is a directory and only the \`view\` command can be used on directories`,
    );
  }
  if (kind === 'other') {
    throw new Refusal(`The path ${path} is neither a file nor a directory.`);
  }
  return kind === 'directory';
}

import { realpathSync } from 'node:fs';
import { TESTBED } from '../../sandbox/index.ts';
import { replaceRoot } from './boundary.ts';
import { replaceRootInCommand } from './shell.ts';

/** The two worlds of paths: the model's, where the repository is `/testbed`, and the client's, where it really is. */
export interface Paths {
  /** The repository's real folder. */
  readonly root: string;
  /** Text of any kind: messages, results, what a file holds. */
  textToModel(text: string): string;
  textToClient(text: string): string;
  /** A shell command. */
  commandToModel(command: string): string;
  commandToClient(command: string): string;
}

/**
 * @param root an absolute path; where it goes over symbolic links, both of its names become `/testbed`
 */
export function openPaths(root: string): Paths {
  const folder = plain(root);
  if (folder === TESTBED) return { root: folder, ...IDENTITY };
  // The longest first, so that none is found inside of another.
  const roots = [...new Set([folder, resolved(folder)])].sort((a, b) => b.length - a.length);
  const toModel = (replace: typeof replaceRoot) => (text: string) =>
    roots.reduce((result, one) => replace(result, one, TESTBED), text);
  return {
    root: folder,
    textToModel: toModel(replaceRoot),
    textToClient: (text) => replaceRoot(text, TESTBED, folder),
    commandToModel: toModel(replaceRootInCommand),
    commandToClient: (command) => replaceRootInCommand(command, TESTBED, folder),
  };
}

const same = (text: string): string => text;
const IDENTITY = {
  textToModel: same,
  textToClient: same,
  commandToModel: same,
  commandToClient: same,
};

function plain(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // The client may run on another machine.
  }
}

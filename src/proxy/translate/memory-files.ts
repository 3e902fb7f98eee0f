import { SandboxFileError, type SandboxFiles } from '../../sandbox/index.ts';

/** The one file or folder that an editor is to look at, in memory, so that the real editor words what the model reads. */
export type Seen =
  | { readonly type: 'file'; readonly path: string; readonly content: string }
  | { readonly type: 'directory'; readonly path: string; readonly entries: readonly string[] }
  | { readonly type: 'missing'; readonly path: string };

/** The content of the file is in `content` afterwards. */
export interface MemoryFiles extends SandboxFiles {
  readonly content: string | undefined;
}

export function memoryFiles(seen: Seen): MemoryFiles {
  let content = seen.type === 'file' ? seen.content : undefined;
  return {
    get content() {
      return content;
    },
    async kind(path) {
      if (path !== seen.path) return 'directory';
      return content === undefined ? (seen.type === 'directory' ? 'directory' : 'missing') : 'file';
    },
    async read(path) {
      if (content === undefined) throw new SandboxFileError(`${path} is not there.`);
      return Buffer.from(content);
    },
    async write(_path, bytes) {
      content = bytes.toString('utf8');
    },
    async list() {
      return seen.type === 'directory' ? [...seen.entries] : [];
    },
  };
}

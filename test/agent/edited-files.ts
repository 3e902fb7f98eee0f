import { type Editor, openEditor } from '../../src/agent/editor/editor.ts';
import type { EditorRequest } from '../../src/agent/editor/request.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { openTestSandboxes, type TestSandboxes } from './sandboxes.ts';

/** Files below `/testbed` of a real sandbox, and an editor over them. Paths are relative to `/testbed`. */
export class EditedFiles {
  readonly sandbox: Sandbox;
  readonly #sandboxes: TestSandboxes;
  #editor: Editor;

  constructor(sandboxes: TestSandboxes, sandbox: Sandbox) {
    this.#sandboxes = sandboxes;
    this.sandbox = sandbox;
    this.#editor = openEditor(sandbox.files);
  }

  static async open(): Promise<EditedFiles> {
    const sandboxes = await openTestSandboxes();
    return new EditedFiles(sandboxes, await sandboxes.open());
  }

  close(): Promise<void> {
    return this.#sandboxes.close();
  }

  /** Begins anew with these files and an editor that has no history. */
  async start(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
    await this.sandbox.run('rm -rf /testbed/*', { timeout: 10 });
    for (const [path, content] of Object.entries(files)) {
      await this.sandbox.files.write(`/testbed/${path}`, Buffer.from(content));
    }
    this.#editor = openEditor(this.sandbox.files);
  }

  execute(request: EditorRequest): Promise<string> {
    return this.#editor.execute(request);
  }

  view(path: string, range?: number[]): Promise<string> {
    return this.execute({ command: 'view', path: `/testbed/${path}`, ...(range && { view_range: range }) });
  }

  replace(path: string, old_str: string, new_str: string): Promise<string> {
    return this.execute({ command: 'str_replace', path: `/testbed/${path}`, old_str, new_str });
  }

  insert(path: string, insert_line: number, new_str: string): Promise<string> {
    return this.execute({ command: 'insert', path: `/testbed/${path}`, insert_line, new_str });
  }

  undo(path: string): Promise<string> {
    return this.execute({ command: 'undo_edit', path: `/testbed/${path}` });
  }

  bytes(path: string): Promise<Buffer> {
    return this.sandbox.files.read(`/testbed/${path}`);
  }

  async text(path: string): Promise<string> {
    return (await this.bytes(path)).toString();
  }
}

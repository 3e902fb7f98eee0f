import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestSandboxes, type TestSandboxes } from '../../../test/agent/sandboxes.ts';
import recorded from '../../../test/conformance/editor.json' with { type: 'json' };
import type { Sandbox } from '../../sandbox/index.ts';
import { type Editor, openEditor } from './editor.ts';
import type { EditorRequest } from './request.ts';

let sandboxes: TestSandboxes;
let sandbox: Sandbox;
let editor: Editor;

beforeAll(async () => {
  sandboxes = await openTestSandboxes();
  sandbox = await sandboxes.open();
});
afterAll(() => sandboxes.close());

async function start(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  await sandbox.run('rm -rf /testbed/*', { timeout: 10 });
  for (const [path, content] of Object.entries(files)) {
    await sandbox.files.write(`/testbed/${path}`, Buffer.from(content));
  }
  editor = openEditor(sandbox.files);
}

const bytes = (path: string) => sandbox.files.read(`/testbed/${path}`);
const text = async (path: string) => (await bytes(path)).toString();
const sortedLines = (output: string) => output.split('\n').sort();

describe('the editor answers to the byte as the recorded tool', () => {
  test.each(recorded.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    await start(scenario.files as unknown as Record<string, string>);
    for (const step of scenario.steps) {
      const request = step.arguments as EditorRequest;
      const output = `${await editor.execute(request)}\n`;
      const kind = await sandbox.files.kind(request.path);
      if (request.command === 'view' && kind === 'directory') {
        expect(sortedLines(output)).toEqual(sortedLines(step.output));
      } else {
        expect(output).toBe(step.output);
      }
      if (step.file_after !== null) {
        expect((await sandbox.files.read(request.path)).toString()).toBe(step.file_after);
      }
    }
  });
});

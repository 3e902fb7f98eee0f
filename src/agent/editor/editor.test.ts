import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import recorded from '../../../test/conformance/editor.json' with { type: 'json' };
import type { SandboxFiles } from '../../sandbox/index.ts';
import { openEditor } from './editor.ts';
import type { EditorRequest } from './request.ts';

const roots: string[] = [];
afterAll(() => Promise.all(roots.map((root) => rm(root, { recursive: true }))));

async function filesOf(contents: Record<string, string | Buffer>): Promise<SandboxFiles> {
  const root = await mkdtemp(join(tmpdir(), 'sera-editor-'));
  roots.push(root);
  const at = (path: string) => join(root, path);
  const files: SandboxFiles = {
    async kind(path) {
      const found = await stat(at(path)).catch(() => undefined);
      if (!found) return 'missing';
      return found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
    },
    read: (path) => readFile(at(path)),
    async write(path, content) {
      await mkdir(dirname(at(path)), { recursive: true });
      await writeFile(at(path), content);
    },
    async list(path, depth) {
      const found = [path];
      if (depth === 0) return found;
      for (const entry of (await readdir(at(path), { withFileTypes: true })).sort()) {
        if (entry.name.startsWith('.')) continue;
        const below = `${path}/${entry.name}`;
        found.push(...(entry.isDirectory() ? await files.list(below, depth - 1) : [below]));
      }
      return found;
    },
  };
  await mkdir(at('/testbed'), { recursive: true });
  for (const [path, content] of Object.entries(contents))
    await files.write(`/testbed/${path}`, Buffer.from(content));
  return files;
}

const sorted = (text: string) => text.split('\n').sort();

describe('the recorded tool', () => {
  test.each(recorded.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const files = await filesOf(scenario.files as Record<string, string>);
    const editor = openEditor(files);
    for (const step of scenario.steps) {
      const request = step.arguments as EditorRequest;
      const output = `${await editor.execute(request)}\n`;
      if (request.command === 'view' && (await files.kind(request.path)) === 'directory') {
        expect(sorted(output)).toEqual(sorted(step.output));
      } else {
        expect(output).toBe(step.output);
      }
      if (step.file_after !== null) expect((await files.read(request.path)).toString()).toBe(step.file_after);
    }
  });
});

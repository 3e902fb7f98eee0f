import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EditedFiles } from '../../../test/agent/edited-files.ts';
import recorded from '../../../test/conformance/editor.json' with { type: 'json' };
import type { EditorRequest } from './request.ts';

let files: EditedFiles;
beforeAll(async () => {
  files = await EditedFiles.open();
});
afterAll(() => files.close());

const sortedLines = (output: string) => output.split('\n').sort();

describe('the editor answers to the byte as the recorded tool', () => {
  test.each(recorded.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    await files.start(scenario.files as unknown as Record<string, string>);
    for (const step of scenario.steps) {
      const request = step.arguments as EditorRequest;
      const output = `${await files.execute(request)}\n`;
      const kind = await files.sandbox.files.kind(request.path);
      if (request.command === 'view' && kind === 'directory') {
        expect(sortedLines(output)).toEqual(sortedLines(step.output));
      } else {
        expect(output).toBe(step.output);
      }
      if (step.file_after !== null) {
        expect((await files.sandbox.files.read(request.path)).toString()).toBe(step.file_after);
      }
    }
  });
});

describe('undo_edit', () => {
  test('gives back the bytes from before each edit, whatever they are', async () => {
    const line = fc.uint8Array({ maxLength: 12 });
    const property = fc.asyncProperty(
      line,
      fc.boolean(),
      fc.array(fc.nat(6), { maxLength: 4 }),
      async (tail, word, lines) => {
        const content = Buffer.concat([Buffer.from(word ? 'the word\t\r\n' : '\tword\n'), tail]);
        await files.start({ a: content });
        const states: Buffer[] = [];
        for (const number of lines) {
          const before = await files.bytes('a');
          await files.insert('a', number, `line\n\t${number}`);
          if (!(await files.bytes('a')).equals(before)) states.push(before);
        }
        const before = await files.bytes('a');
        await files.replace('a', 'word', 'WORD');
        expect(await files.bytes('a')).not.toEqual(before);
        for (const state of [before, ...states.reverse()]) {
          expect(await files.undo('a')).toMatch(
            /^Last edit to \/testbed\/a undone successfully\. Here's the result/,
          );
          expect(await files.bytes('a')).toEqual(state);
        }
        expect(await files.undo('a')).toBe('No edit history found for /testbed/a.');
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  test('knows nothing of files that were only created', async () => {
    await files.start({});
    await files.execute({ command: 'create', path: '/testbed/a', file_text: 'x' });
    expect(await files.undo('a')).toBe('No edit history found for /testbed/a.');
  });
});

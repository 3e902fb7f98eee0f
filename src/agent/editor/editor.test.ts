import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestSandboxes, type TestSandboxes } from '../../../test/agent/sandboxes.ts';
import recorded from '../../../test/conformance/editor.json' with { type: 'json' };
import type { Sandbox } from '../../sandbox/index.ts';
import { type Editor, openEditor } from './editor.ts';
import type { EditorRequest } from './request.ts';
import { expandTabs } from './tabs.ts';

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

const edit = (old_str: string, new_str: string, path = 'a') =>
  editor.execute({ command: 'str_replace', path: `/testbed/${path}`, old_str, new_str });
const insert = (insert_line: number, new_str: string) =>
  editor.execute({ command: 'insert', path: '/testbed/a', insert_line, new_str });
const undo = () => editor.execute({ command: 'undo_edit', path: '/testbed/a' });

describe('a file keeps its own white space', () => {
  const go = 'func f() {\n\tif x {\n\t\treturn 1 // one\n\t}\n}\n';

  test('where the old text is written with spaces, as a view shows it', async () => {
    await start({ a: go });
    await edit('        if x {\n                return 1', '        if y {\n                return 2');
    expect(await text('a')).toBe(go.replace('x', 'y').replace('return 1', 'return 2'));
  });

  test('and new lines are indented as their neighbours are', async () => {
    await start({ a: go });
    await edit('                return 1', '                log()\n                return 1');
    expect(await text('a')).toBe(go.replace('\t\treturn', '\t\tlog()\n\t\treturn'));
    await insert(1, '        start()\n            deeper');
    expect(await text('a')).toContain('{\n\tstart()\n\t    deeper\n\tif');
  });

  test('also in the middle of a line, and where the text begins inside a tab', async () => {
    await start({ a: '#define A\t\t1\t/* one */\n\treturn x\n' });
    await edit('A               1', 'A               2');
    await edit('    return x', '    return y');
    expect(await text('a')).toBe('#define A\t\t2\t/* one */\n\treturn y\n');
  });

  test('and text with tabs that stands in the file goes in as it is', async () => {
    await start({ a: 'a:\n\tb\n        c\n' });
    await edit('\tb', '\tb\n        d\n\te');
    expect(await text('a')).toBe('a:\n\tb\n        d\n\te\n        c\n');
  });

  test('a file indented with spaces gets no tabs', async () => {
    await start({ a: 'def f():\n        return 1\n' });
    await edit('        return 1', '        x = 1\n        return x');
    await insert(1, '        y = 2');
    expect(await text('a')).toBe('def f():\n        y = 2\n        x = 1\n        return x\n');
  });

  test('the old text is named as a view shows it where it is not found', async () => {
    await start({ a: 'b\n' });
    expect(await edit('\tb', 'c')).toContain('old_str `        b` did not appear verbatim in /testbed/a.');
  });

  const piece = fc.constantFrom('a', 'b', 'xyz', ' ', '        ', '\t', '\n', 'é', '😀');
  const piecesOf = (maxLength: number) => fc.array(piece, { maxLength }).map((pieces) => pieces.join(''));
  const expand = (content: string) => content.split('\n').map(expandTabs).join('\n');

  test('what stands before and behind an edit is left to the byte', async () => {
    const property = fc.asyncProperty(
      piecesOf(12),
      piecesOf(4),
      piecesOf(12),
      piecesOf(4),
      async (...texts) => {
        const [before, old, behind, added] = texts.map((part) => `<${part}>`) as [
          string,
          string,
          string,
          string,
        ];
        await start({ a: `${before}\n${old}\n${behind}` });
        await edit(`\n${expand(old)}\n`, `\n${expand(added)}\n`);
        const result = await text('a');
        expect(result.startsWith(`${before}\n`) && result.endsWith(`\n${behind}`)).toBe(true);
        expect(expand(result)).toBe(`${expand(before)}\n${expand(added)}\n${expand(behind)}`);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('a file keeps its line ends and its encoding', () => {
  test('new lines of a CRLF file end in CRLF, and views do not show it', async () => {
    await start({ a: 'one\r\ntwo\r\nthree' });
    expect(await edit('one\ntwo', 'one\nand\ntwo')).toContain('     1\tone\n     2\tand\n     3\ttwo\n');
    await insert(4, 'four');
    expect(await text('a')).toBe('one\r\nand\r\ntwo\r\nthree\r\nfour');
  });

  test('a file with mixed line ends keeps those of the lines that are not touched', async () => {
    await start({ a: 'a\r\nb\nc\rd\r\ne\n' });
    await edit('c', 'C');
    await edit('b\n', '');
    expect(await text('a')).toBe('a\r\nC\rd\r\ne\n');
  });

  test('a file that is not UTF-8 keeps every byte that is not edited', async () => {
    const content = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a, 0xff, 0x00, 0x80, 0x0a, 0x78, 0x0a]);
    await start({ a: content });
    expect(await edit('x', 'naïve')).toContain('     1\tcafé\n');
    expect(await bytes('a')).toEqual(
      Buffer.concat([content.subarray(0, 9), Buffer.from('naïve\n', 'latin1')]),
    );
    expect(await edit('na', '→')).toBe(
      'No change was made: /testbed/a is not UTF-8 and cannot hold the character `→`.',
    );
  });

  test('a byte order mark stays', async () => {
    await start({ a: '\ufeffone\n' });
    await edit('one', 'two');
    expect(await text('a')).toBe('\ufefftwo\n');
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
        await start({ a: content });
        const states: Buffer[] = [];
        for (const number of lines) {
          const before = await bytes('a');
          await insert(number, `line\n\t${number}`);
          if (!(await bytes('a')).equals(before)) states.push(before);
        }
        const before = await bytes('a');
        await edit('word', 'WORD');
        expect(await bytes('a')).not.toEqual(before);
        for (const state of [before, ...states.reverse()]) {
          expect(await undo()).toMatch(/^Last edit to \/testbed\/a undone successfully\. Here's the result/);
          expect(await bytes('a')).toEqual(state);
        }
        expect(await undo()).toBe('No edit history found for /testbed/a.');
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  test('knows nothing of files that were only created', async () => {
    await start({});
    await editor.execute({ command: 'create', path: '/testbed/a', file_text: 'x' });
    expect(await undo()).toBe('No edit history found for /testbed/a.');
  });
});

describe('a view', () => {
  const view = (path: string, view_range?: number[]) =>
    editor.execute({ command: 'view', path: `/testbed/${path}`, ...(view_range && { view_range }) });

  test('is clipped at 16,000 characters of the file, which are not bytes', async () => {
    await start({ a: '😀'.repeat(16_000), b: '😀'.repeat(16_001) });
    expect(await view('a')).toBe(
      `Here's the result of running \`cat -n\` on /testbed/a:\n     1\t${'😀'.repeat(16_000)}\n`,
    );
    expect(await view('b')).toContain(`${'😀'.repeat(16_000)}<response clipped><NOTE>`);
  });

  test('of lines is clipped too, and of a folder', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `${'n'.repeat(50)}${index}`);
    await start({ a: 'line\n'.repeat(5000) });
    await sandbox.run(`touch ${names.join(' ')}`, { timeout: 10 });
    expect((await view('a', [2, -1])).length).toBeGreaterThan(16_000);
    expect(await view('a', [2, -1])).toContain('<response clipped>');
    expect(await view('')).toContain('<response clipped>');
  });

  test('shows tabs as spaces up to the next column of eight', async () => {
    await start({ a: 'a\tb\n\tc\n' });
    expect(await view('a')).toContain('     1\ta       b\n     2\t        c\n');
  });

  test.each([
    [[1], 'Invalid `view_range`. It should be a list of two integers.'],
    [[1, 2, 3], 'Invalid `view_range`. It should be a list of two integers.'],
    [
      [1, 9],
      'Invalid `view_range`: [1, 9]. Its second element `9` should be smaller than the number of lines in the file: `2`',
    ],
  ])('of lines %j says what is wrong', async (range, message) => {
    await start({ a: 'one\n' });
    expect(await view('a', range)).toBe(message);
  });

  test('refuses lines of a folder, what is no file, and what cannot be read', async () => {
    await start({ a: 'x' });
    expect(await view('', [1, 2])).toBe(
      'The `view_range` parameter is not allowed when `path` points to a directory.',
    );
    await sandbox.run('mkfifo pipe; truncate -s 50M huge', { timeout: 10 });
    expect(await view('pipe')).toBe('The path /testbed/pipe is neither a file nor a directory.');
    expect(await view('huge')).toMatch(/^Ran into an error: \/testbed\/huge: larger/);
  });

  test('works outside the repository, as every command does', async () => {
    await start({});
    const request = { command: 'create', path: '/tmp/x.py', file_text: 'x = 1\n' };
    expect(await editor.execute(request)).toBe('File created successfully at: /tmp/x.py');
    expect((await sandbox.run('cat /tmp/x.py', { timeout: 10 })).output).toBe('x = 1');
    expect(await editor.execute({ ...request, path: '/etc/x.py' })).toMatch(
      /^Ran into an error: \/etc\/x\.py: cannot be written/,
    );
  });
});

describe('the outline of a long file', () => {
  const view = (path: string) => editor.execute({ command: 'view', path: `/testbed/${path}` });
  const filler = (indent: string, statement: string) => `${indent}${statement}\n`.repeat(900);

  test('leaves out the bodies of functions and says which lines they are', async () => {
    await start({
      'a.py': `import os\n\nclass A:\n    def f(self,\n          b):\n${filler('        ', 'b = os.path.join("a")')}\n    def g(self):\n        return 1\n`,
    });
    const shown = await view('a.py');
    expect(shown.split('\n').slice(1, -1)).toEqual([
      '     1 import os',
      '     2 ',
      '     3 class A:',
      '     4     def f(self,',
      '     5           b):',
      '     6 ... eliding lines 6-905 ...',
      '   906 ',
      '   907     def g(self):',
      '   908         return 1',
    ]);
    expect(shown).toMatch(/^<NOTE>.*<\/NOTE>\n/);
    expect(shown).toMatch(/\n<IMPORTANT><NOTE>.*<\/NOTE><\/IMPORTANT>$/);
  });

  test.each([
    ['a.go', `package a\n\nfunc F() {\n${filler('\t', 'println("something to say")')}}\n`],
    [
      'a.ts',
      `const a = 1;\n\nexport const f = (): void => {\n${filler('  ', 'console.log("something")')}};\n`,
    ],
  ])('works for %s, where braces stay', async (name, content) => {
    await start({ [name]: content });
    expect((await view(name)).split('\n').slice(3, -1)).toEqual([
      expect.stringMatching(/^ {5}3 .*\{$/),
      '     4 ... eliding lines 4-903 ...',
      expect.stringMatching(/^ {3}904 \};?$/),
    ]);
  });

  test('is not made where there is no function to leave out', async () => {
    await start({
      'a.py': filler('', 'a = "a long list of statements"'),
      'a.txt': filler('', 'words and more words'),
    });
    for (const name of ['a.py', 'a.txt']) expect(await view(name)).toContain('<response clipped>');
  });
});

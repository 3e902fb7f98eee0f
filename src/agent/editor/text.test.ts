import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EditedFiles } from '../../../test/agent/edited-files.ts';
import { expandTabs } from './tabs.ts';

let files: EditedFiles;
beforeAll(async () => {
  files = await EditedFiles.open();
});
afterAll(() => files.close());

describe('a file keeps its own white space', () => {
  const go = 'func f() {\n\tif x {\n\t\treturn 1 // one\n\t}\n}\n';

  test('where the old text is written with spaces, as a view shows it', async () => {
    await files.start({ a: go });
    await files.replace(
      'a',
      '        if x {\n                return 1',
      '        if y {\n                return 2',
    );
    expect(await files.text('a')).toBe(go.replace('x', 'y').replace('return 1', 'return 2'));
  });

  test('and new lines are indented as their neighbours are', async () => {
    await files.start({ a: go });
    await files.replace('a', '                return 1', '                log()\n                return 1');
    expect(await files.text('a')).toBe(go.replace('\t\treturn', '\t\tlog()\n\t\treturn'));
    await files.insert('a', 1, '        start()\n            deeper');
    expect(await files.text('a')).toContain('{\n\tstart()\n\t    deeper\n\tif');
  });

  test('also in the middle of a line, and where the text begins inside a tab', async () => {
    await files.start({ a: '#define A\t\t1\t/* one */\n\treturn x\n' });
    await files.replace('a', 'A               1', 'A               2');
    await files.replace('a', '    return x', '    return y');
    expect(await files.text('a')).toBe('#define A\t\t2\t/* one */\n\treturn y\n');
  });

  test('and text with tabs that stands in the file goes in as it is', async () => {
    await files.start({ a: 'a:\n\tb\n        c\n' });
    await files.replace('a', '\tb', '\tb\n        d\n\te');
    expect(await files.text('a')).toBe('a:\n\tb\n        d\n\te\n        c\n');
  });

  test('a file indented with spaces gets no tabs', async () => {
    await files.start({ a: 'def f():\n        return 1\n' });
    await files.replace('a', '        return 1', '        x = 1\n        return x');
    await files.insert('a', 1, '        y = 2');
    expect(await files.text('a')).toBe('def f():\n        y = 2\n        x = 1\n        return x\n');
  });

  test('the old text is named as a view shows it where it is not found', async () => {
    await files.start({ a: 'b\n' });
    expect(await files.replace('a', '\tb', 'c')).toContain(
      'old_str `        b` did not appear verbatim in /testbed/a.',
    );
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
        await files.start({ a: `${before}\n${old}\n${behind}` });
        await files.replace('a', `\n${expand(old)}\n`, `\n${expand(added)}\n`);
        const result = await files.text('a');
        expect(result.startsWith(`${before}\n`) && result.endsWith(`\n${behind}`)).toBe(true);
        expect(expand(result)).toBe(`${expand(before)}\n${expand(added)}\n${expand(behind)}`);
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});

describe('a file keeps its line ends and its encoding', () => {
  test('new lines of a CRLF file end in CRLF, and views do not show it', async () => {
    await files.start({ a: 'one\r\ntwo\r\nthree' });
    expect(await files.replace('a', 'one\ntwo', 'one\nand\ntwo')).toContain(
      '     1\tone\n     2\tand\n     3\ttwo\n',
    );
    await files.insert('a', 4, 'four');
    expect(await files.text('a')).toBe('one\r\nand\r\ntwo\r\nthree\r\nfour');
  });

  test('a file with mixed line ends keeps those of the lines that are not touched', async () => {
    await files.start({ a: 'a\r\nb\nc\rd\r\ne\n' });
    await files.replace('a', 'c', 'C');
    await files.replace('a', 'b\n', '');
    expect(await files.text('a')).toBe('a\r\nC\rd\r\ne\n');
  });

  test('a file that is not UTF-8 keeps every byte that is not edited', async () => {
    const content = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x0a, 0xff, 0x00, 0x80, 0x0a, 0x78, 0x0a]);
    await files.start({ a: content });
    expect(await files.replace('a', 'x', 'naïve')).toContain('     1\tcafé\n');
    expect(await files.bytes('a')).toEqual(
      Buffer.concat([content.subarray(0, 9), Buffer.from('naïve\n', 'latin1')]),
    );
    expect(await files.replace('a', 'na', '→')).toBe(
      'No change was made: /testbed/a is not UTF-8 and cannot hold the character `→`.',
    );
  });

  test('a byte order mark stays', async () => {
    await files.start({ a: '\ufeffone\n' });
    await files.replace('a', 'one', 'two');
    expect(await files.text('a')).toBe('\ufefftwo\n');
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFunctions } from './find.ts';
import { LANGUAGES, languageName, languageOf } from './language.ts';
import { ParseTimeoutError, parse } from './parse.ts';

describe('the functions of a source', () => {
  test('stand in the order of their lines, nested ones after what holds them', async () => {
    const source = 'def outer():\n    def inner():\n        pass\n    return inner\n\ndef last(): pass\n';
    expect(await findFunctions('python', source)).toEqual([
      { name: 'outer', startLine: 1, endLine: 4 },
      { name: 'outer.inner', startLine: 2, endLine: 3 },
      { name: 'last', startLine: 6, endLine: 6 },
    ]);
  });

  test('count the same lines with CRLF, a byte order mark and characters outside the basic plane', async () => {
    const source = '\uFEFFs = "𝔘🎉 é"\r\nclass Größe:\r\n    def 名前(self):\r\n        return "🎉"\r\n';
    expect(await findFunctions('python', source)).toEqual([{ name: 'Größe.名前', startLine: 3, endLine: 4 }]);
  });

  test('are none in an empty source, for every language', async () => {
    for (const language of LANGUAGES) expect(await findFunctions(language, ''), language).toEqual([]);
  });

  test('are found around a syntax error', async () => {
    const source = 'def before():\n    pass\n\nx = = 1 )\n\ndef after():\n    pass\n';
    expect((await findFunctions('python', source)).map(({ name }) => name)).toEqual(['before', 'after']);
  });

  test('are the same when sources are parsed one after the other, a broken one between them', async () => {
    const source = 'func f() {\n  #expect(a != nil)\n}\nfunc g() {\n  if #available(iOS 14, *) { }\n}\n';
    const alone = await findFunctions('swift', source);
    await findFunctions('swift', 'let s = ##"never closed');
    expect(await findFunctions('swift', source)).toEqual(alone);
    expect(alone.map(({ name }) => name)).toEqual(['f', 'g']);
  });
});

describe('hostile sources', () => {
  test('whatever the text, lines are within it and the parser lives on', async () => {
    const piece = fc.constantFrom(
      ...[
        'def f(',
        'class A',
        '{',
        '}',
        '(',
        ')',
        '"',
        "'",
        '`',
        '${',
        '\n',
        '    ',
        '=>',
        '<',
        '>',
        ';',
        '\0',
      ],
      ...[
        'func',
        'fn',
        'fun',
        '#if',
        '@',
        '::',
        '->',
        '\ud800',
        '/*',
        '*/',
        '//',
        '=',
        'lambda',
        'end',
        '<<A',
      ],
    );
    const text = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...LANGUAGES), text, async (language, pieces) => {
        const source = pieces.join('');
        const lines = source.split('\n').length;
        for (const { name, startLine, endLine } of await findFunctions(language, source)) {
          expect(name).not.toBe('');
          expect(name).not.toContain('\n');
          expect(startLine).toBeGreaterThanOrEqual(1);
          expect(endLine).toBeGreaterThanOrEqual(startLine);
          expect(endLine).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 300 },
    );
    expect(await findFunctions('python', 'def f(): pass')).toHaveLength(1);
  });

  test('deep nesting does not overflow a stack', async () => {
    const deep = `x = ${'['.repeat(50_000)}${']'.repeat(50_000)}\ndef f(): pass\n`;
    expect((await findFunctions('python', deep)).map(({ name }) => name)).toEqual(['f']);
  });

  test('a source that is made to be slow is given up', async () => {
    await expect(findFunctions('python', '('.repeat(150_000), 300)).rejects.toThrow(ParseTimeoutError);
    expect(await findFunctions('python', 'def f(): pass')).toHaveLength(1);
  });
});

describe('languages', () => {
  test('are known by the name of a file', () => {
    expect(languageOf('src/app.py')).toBe('python');
    expect(languageOf('a/b/View.TSX')).toBe('tsx');
    expect(languageOf('.py')).toBeUndefined();
    expect(languageOf('Makefile')).toBeUndefined();
    expect(languageOf('notes.md')).toBeUndefined();
    expect(languageOf('constructor')).toBeUndefined();
    expect(languageOf('x.constructor')).toBeUndefined();
  });

  test('a header is C, or C++ where it shows', () => {
    expect(languageOf('a.h', 'int f(void);\n')).toBe('c');
    expect(languageOf('a.h', '#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n')).toBe('c');
    expect(languageOf('a.h', 'namespace a {\nclass B {};\n}\n')).toBe('cpp');
    expect(languageOf('a.h', 'struct A {\n private:\n  std::string s;\n};\n')).toBe('cpp');
  });

  test('users see TypeScript, with JSX or without', () => {
    expect(languageName('tsx')).toBe('typescript');
    expect(languageName('rust')).toBe('rust');
  });
});

test('a tree gives the places of nodes in the source that was given', async () => {
  const source = 'x = "🎉"\ndef f(): pass\n';
  const tree = await parse('python', source);
  try {
    const definition = tree.rootNode.namedChildren[1];
    expect(source.slice(definition?.startIndex, definition?.endIndex)).toBe('def f(): pass');
  } finally {
    tree.delete();
  }
});
